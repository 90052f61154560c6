/** Whether a page of `origin` may send. A pattern is an origin, or one with `*.` for any subdomain (not the domain itself). */
export function isAllowedOrigin(origin: string, patterns: readonly string[]): boolean {
  const asked = origin.toLowerCase();
  return patterns.some((pattern) => {
    const [scheme, host] = pattern.split('://*.');
    return host === undefined ? asked === pattern : asked.startsWith(`${scheme}://`) && asked.endsWith(`.${host}`) && asked.length > `${scheme}://.${host}`.length;
  });
}
