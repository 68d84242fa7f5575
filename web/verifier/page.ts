/** The verifier as one file (design 6): what it is made of and what it may load, which is nothing. Runs on the server. */
import { keptPage, type PageSource } from '../one_file/bundle.ts'

export const verifierSource: PageSource = {
  entry: new URL('main.ts', import.meta.url),
  styles: [new URL('../one_file/base.css', import.meta.url), new URL('style.css', import.meta.url)],
  carries: { pdfium: new URL(import.meta.resolve('@hyzyla/pdfium/pdfium.wasm')) },
  title: '验证器 · 印匣 Sealbox verifier',
  withoutScripts:
    '验证在本页内进行，请在浏览器中允许脚本。 Verifying happens in this page: please allow scripts.',
  may: {
    // The page's own script, run once more in threads of its own.
    'worker-src': 'blob:',
    'img-src': 'data:',
  },
}

/** Kept for the life of the process: a constant of the sources. */
export const verifier = keptPage(verifierSource)
