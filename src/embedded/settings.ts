import { join } from 'node:path';
import { port, type Home } from './home.js';

/** For a demo on a small machine. What keeps data safe (fsync, full_page_writes) stays as PostgreSQL has it: on. */
const defaults = {
  max_connections: '100',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Shared memory of parallel queries does not fit into the 64 MB that a container is given.
  max_parallel_workers_per_gather: '0',
  // The log is for the operator, and neither parameters nor rows are for them.
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_error_verbosity: 'terse',
} as const;

/** The settings of the command line: the caller's over ours, and what the launcher relies on over both. */
export function serverArguments(home: Home, settings: Readonly<Record<string, string>>): string[] {
  const all = {
    ...defaults,
    ...settings,
    listen_addresses: '',
    hba_file: join(home.folder, 'pg_hba.conf'),
    ident_file: join(home.folder, 'pg_ident.conf'),
    port: String(port),
    // A list of folders, in which quotes keep commas and spaces of a path.
    unix_socket_directories: `"${home.socketFolder.replaceAll('"', '""')}"`,
    logging_collector: 'off',
    log_destination: 'stderr',
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
