/**
 * Defence against other sites (CSRF, and being looked at from outside): by Fetch metadata, and by `Origin` where a browser sends
 * none. A client certificate is shown to whoever asks, so each request must come from our own pages, from the address bar, or from a
 * program that is no browser and sends neither header. Pure.
 */

export interface Asking {
  readonly method: string
  /** `Sec-Fetch-Site`, `-Mode` and `-Dest` (W3C Fetch Metadata), empty where not sent. */
  readonly site: string
  readonly mode: string
  readonly destination: string
  /** `Origin`, empty where not sent. */
  readonly origin: string
  readonly host: string
}

/** Whether the request may be served as far as its source goes. */
export function isOwnRequest(asking: Asking): boolean {
  const { method, site, mode, destination, origin, host } = asking
  const isRead = method === 'GET' || method === 'HEAD'
  if (origin !== '' && !isRead && origin !== `https://${host}`) return false
  if (site === '' || site === 'same-origin' || site === 'none') return true
  // A link on another page may lead here, as a whole page and never inside another.
  return isRead && mode === 'navigate' && destination === 'document'
}

/** Whether another site led the browser here: then nothing is done on the way, not even noting that a document was opened. */
export function isLedHere(asking: Pick<Asking, 'site'>): boolean {
  return asking.site === 'cross-site' || asking.site === 'same-site'
}
