import { destination, pino, type Logger } from 'pino';
import type { Log } from '../base/index.js';
import { logLevel, type LogLevel } from '../config.js';

function adapt(logger: Logger): Log {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    child: (fields) => adapt(logger.child(fields)),
  };
}

/**
 * The gateway's log: one JSON object a line on standard error, so that standard output is the command's answer alone.
 * @param fallback least level that is logged unless `LOG` in the environment names another
 * @param each what every line says besides: which of several workers writes it
 */
export function createLog(fallback: LogLevel, each: Readonly<Record<string, unknown>> | null = null): Log {
  // Written at once: the last lines before a crash are the ones that matter.
  return adapt(pino({ level: logLevel(fallback), base: each }, destination({ dest: 2, sync: true })));
}
