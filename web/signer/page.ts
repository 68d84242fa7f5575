/** The signer as one file (design 3): what it is made of and what it may load. Runs on the server. */
import { keptPage } from '../one_file/bundle.ts'

/** Kept for the life of the process: a constant of the sources. */
export const signer = keptPage({
  entry: new URL('main.ts', import.meta.url),
  styles: [new URL('../one_file/base.css', import.meta.url), new URL('style.css', import.meta.url)],
  title: '签名器 · 印匣 Sealbox signer',
  withoutScripts:
    '签名须在本页内完成，请在浏览器中允许脚本。 Signing happens in this page: please allow scripts.',
  may: {
    // Opened from disk there is no such origin, so nothing is connected to at all.
    'connect-src': "'self'",
    'img-src': 'blob: data:',
    'frame-src': 'blob:',
  },
})
