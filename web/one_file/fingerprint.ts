/** Fingerprints as people compare them: 32 words in eight rows of four, and hexadecimal, as they stand on the sheets. */
import { fingerprintWords } from '../../provisioning/kit/index.ts'
import { h } from './dom.ts'
import type { Words } from './language.ts'

/** The words of a SHA-256 (32 bytes or hexadecimal), both languages by the page's. */
export function wordList(
  sha256: Uint8Array | string,
  options: { readonly label: Words; readonly large?: boolean },
): HTMLElement {
  const { chinese, english } = fingerprintWords(sha256)
  const [zh, en] = [chinese.flat(), english.flat()]
  const size = options.large === true ? 'words large' : 'words'
  return h(
    'ol',
    { class: size, 'aria-label': options.label },
    ...zh.map((word, at) => h('li', {}, { zh: word, en: en[at] ?? '' })),
  )
}

/** 16 groups of four digits. */
export const hexText = (sha256: Uint8Array | string): string => fingerprintWords(sha256).hex
