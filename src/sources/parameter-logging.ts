/**
 * Whether a source writes what statements are given into its log: what callers search for, and the keys of masks. A
 * session cannot turn that off for itself, so such a source is refused unless the configuration accepts it.
 */

/** Settings that decide it, as `pg_settings` has them. Those of modules are there where the module is loaded. */
export const loggingSettings: readonly string[] = [
  'log_statement',
  'log_min_duration_statement',
  'log_min_duration_sample',
  'log_statement_sample_rate',
  'log_transaction_sample_rate',
  'log_parameter_max_length',
  'log_parameter_max_length_on_error',
  'debug_print_plan',
  'auto_explain.log_min_duration',
  'auto_explain.sample_rate',
  'pgaudit.log',
  'pgaudit.role',
  'pgaudit.log_parameter',
];

/** Values by name; a setting that is not there has none. */
type Settings = ReadonlyMap<string, string>;

/** What makes PostgreSQL itself log statements, parameters with them. The gateway's are all SELECT. */
function statementLogging(settings: Settings): readonly string[] {
  const is = (name: string, logs: (value: string) => boolean): boolean => logs(settings.get(name) ?? '');
  const atAll = (name: string): boolean => is(name, (value) => value !== '' && Number(value) >= 0);
  const some = (name: string): boolean => is(name, (value) => Number(value) > 0);
  return [
    ...(is('log_statement', (value) => value === 'all') ? ['log_statement'] : []),
    ...(atAll('log_min_duration_statement') ? ['log_min_duration_statement'] : []),
    ...(atAll('log_min_duration_sample') && some('log_statement_sample_rate')
      ? ['log_min_duration_sample']
      : []),
    ...(some('log_transaction_sample_rate') ? ['log_transaction_sample_rate'] : []),
  ];
}

/** The settings by which parameters come into the log, named for a message; none where they do not. */
export function parameterLogging(settings: Settings): readonly string[] {
  const value = (name: string): string => settings.get(name) ?? '';
  const length = (name: string): boolean => value(name) !== '' && value(name) !== '0';
  const found: string[] = [];
  if (length('log_parameter_max_length')) found.push(...statementLogging(settings));
  if (length('log_parameter_max_length_on_error')) found.push('log_parameter_max_length_on_error');
  // A plan made for the values at hand has them in it, whatever is said of parameters.
  if (value('debug_print_plan') === 'on') found.push('debug_print_plan');
  const explains = value('auto_explain.log_min_duration');
  if (explains !== '' && Number(explains) >= 0 && value('auto_explain.sample_rate') !== '0')
    found.push('auto_explain.log_min_duration');
  const audits =
    !['', 'none'].includes(value('pgaudit.log').trim().toLowerCase()) || value('pgaudit.role') !== '';
  if (audits && value('pgaudit.log_parameter') === 'on') found.push('pgaudit.log_parameter');
  return found;
}
