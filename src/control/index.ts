export { ControlPlane, type ControlParts } from './control-plane.js';
