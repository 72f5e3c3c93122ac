import type { ProvedConfig } from '../../src/prove/index.js';
export type DeploymentName = 'demo';
export function withDeployment<Result>(_name: DeploymentName, use: (config: ProvedConfig | null) => Promise<Result>): Promise<Result> {
  return use(null);
}
