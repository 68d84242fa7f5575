/**
 * Classified marks: 绝密, 机密 or 秘密, bare or with ★ or a period, standing alone on a line. The words inside running text are no mark
 * (a fifth of real texts has them); they only make a warning. Pure; used for drafts and for uploaded files alike.
 *
 * GB/T 9704-2012 7.2.2; 条例 Art. 9 (2).
 */

const mark =
  /^(?:密级[:]?)?[[(【]?(?:绝密|机密|秘密)(?:级)?(?:[★☆*✩✭⭐]?(?:(?:\d{1,3}|[一二三四五六七八九十]{1,3})(?:年|个?月|天)|长期|永久)?|[★☆*✩✭⭐].{0,12})[\])】]?$/u
const words = /绝密|机密|秘密/

/** Whether a line is a classified mark: nothing else stands on it. */
export function isClassifiedMark(line: string): boolean {
  if (line.length > 60) return false
  return mark.test(line.normalize('NFKC').replace(/[\s\p{Cf}]/gu, ''))
}

/** Whether a text speaks of secrets at all. */
export function mentionsSecrets(text: string): boolean {
  return words.test(text)
}
