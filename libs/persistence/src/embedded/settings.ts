/**
 * Server settings for one machine with a few services: small, quiet when idle, durable. fsync,
 * full_page_writes and synchronous_commit are on by default and stay so. `fsync` must never be given with
 * `-c`: a reload could not change it after the first start.
 */
export const serverSettings: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  shared_buffers: '32MB',
  // Seven pools of ten and the log's fit; what is not in use costs next to nothing.
  max_connections: '100',
  jit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  min_wal_size: '32MB',
  checkpoint_timeout: '15min',
  bgwriter_lru_maxpages: '0',
  autovacuum_naptime: '2min',
  io_method: 'sync',
  max_worker_processes: '1',
  max_parallel_workers: '0',
  max_parallel_workers_per_gather: '0',
  max_logical_replication_workers: '0',
  // A failed statement tells its values: services log their errors themselves, without them.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  timezone: 'UTC',
  log_timezone: 'UTC',
  ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
};

/** One builtin locale, the same on every machine, and quicker than the C library's; the files are synced at the end of the first start. */
export const initdbFlags: readonly string[] = ['--no-sync', '--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--auth=scram-sha-256'];
