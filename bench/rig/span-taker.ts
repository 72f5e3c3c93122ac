// A provider that takes one trace of a hundred, as an operator's would, and lets go of what it has taken.
import { trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  InMemorySpanExporter,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';

const exporter = new InMemorySpanExporter();
setInterval(() => exporter.reset(), 1000).unref();

trace.setGlobalTracerProvider(
  new BasicTracerProvider({
    sampler: new TraceIdRatioBasedSampler(0.01),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  }),
);
