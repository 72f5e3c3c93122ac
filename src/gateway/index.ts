export {
  Gateway,
  type Answer,
  type Asked,
  type Caller,
  type DataRequest,
  type GatewayParts,
  type Refusal,
} from './answer.js';
export { errorsBody } from './body.js';
export { CallerBindings, type AnswerKeys } from './caller.js';
