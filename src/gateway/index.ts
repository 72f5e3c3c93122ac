export { Gateway, type DataRequest, type GatewayParts } from './answer.js';
export { errorsBody } from './body.js';
export { logDefect } from './defect.js';
export { checkIntrospection } from './introspection-size.js';
export { DocumentSizes } from './document-size.js';
export { CallerBindings, type AnswerKeys } from './caller.js';
export { Recorder, type Answer, type Asked, type Caller, type Refusal, type Released } from './recorder.js';
