/** What people copy from paper: enrolment codes, the unit secret, fingerprints. Every typing error of one character is found. */
import { createHash } from 'node:crypto'
import test from 'ava'
import fc from 'fast-check'
import type { Random } from '../../ca/random.ts'
import {
  base32Alphabet,
  readCheckedBase32,
  writeCheckedBase32,
} from '../../provisioning/kit/checked_base32.ts'
import { chineseWords, englishWords } from '../../provisioning/kit/fingerprint_word_list.ts'
import {
  enrolmentCodeExpiry,
  enrolmentCodeHash,
  fingerprintWords,
  isEnrolmentCodeExpired,
  newEnrolmentCode,
  newUnitSecret,
  readUnitSecret,
  writeUnitSecret,
} from '../../provisioning/kit/index.ts'

/** Random values a property: 40, or 2,000 in the full count; seed 20100802. Each value is tried with all its errors. */
const numRuns = process.env['SEALBOX_TEST_FULL'] === '1' ? 2_000 : 40
const seed = 20100802
const fixed: Random = (length) => Uint8Array.from({ length }, (_, at) => (at * 37 + 11) & 255)
const value = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

const kinds = [
  { name: 'an enrolment code', bytes: 10, groupSize: 6, shape: /^(\w{6}-){2}\w{6}$/ },
  { name: 'a unit secret', bytes: 16, groupSize: 4, shape: /^(\w{4}-){6}\w{4}$/ },
]

for (const { name, bytes, groupSize, shape } of kinds) {
  test(`${name} is read as it was written`, (t) => {
    fc.assert(
      fc.property(value(bytes), (secret) => {
        const text = writeCheckedBase32(secret, groupSize)
        t.regex(text, shape)
        t.deepEqual(readCheckedBase32(text, bytes), secret)
      }),
      { numRuns, seed },
    )
  })

  test(`in ${name} any one character typed wrong, lost or doubled, and any two swapped, are found`, (t) => {
    fc.assert(
      fc.property(value(bytes), (secret) => {
        const text = writeCheckedBase32(secret, groupSize).replaceAll('-', '')
        t.is(
          mistakesOf(text).find((wrong) => readCheckedBase32(wrong, bytes) !== undefined),
          undefined,
        )
      }),
      { numRuns, seed },
    )
  })

  test(`in ${name} any two characters typed wrong are found`, (t) => {
    const symbol = fc.nat({ max: 31 }).map((at) => base32Alphabet.charAt(at))
    const place = fc.nat({ max: Math.ceil((bytes * 8) / 5) + 1 })
    fc.assert(
      fc.property(value(bytes), place, place, symbol, symbol, (secret, a, b, x, y) => {
        const text = writeCheckedBase32(secret, groupSize).replaceAll('-', '')
        const wrong = put(put(text, a, x), b, y)
        t.is(readCheckedBase32(wrong, bytes) === undefined, wrong !== text)
      }),
      { numRuns: numRuns * 10, seed },
    )
  })
}

test('the examples of docs/formats/key-file.md hold', (t) => {
  const counted: Random = (length) => Uint8Array.from({ length }, (_, at) => at)
  t.is(writeUnitSecret(newUnitSecret(counted)), '000G-40R4-0M30-E209-185G-R38E-1WHQ')
  t.is(newEnrolmentCode(counted), '000G40-R40M30-E2099K')
  t.regex(enrolmentCodeHash('000G40-R40M30-E2099K'), /^85fd2e7bd567056e/)
})

test('codes and secrets are read as meant: small letters, full-width ones, other dashes, look-alikes', (t) => {
  const text = writeUnitSecret(fixed(16))
  const wide = Array.from(text, (char) =>
    /[0-9A-Z]/.test(char) ? String.fromCharCode(char.charCodeAt(0) + 0xfee0) : '－',
  ).join('')
  const typed = [text.toLowerCase(), text.replaceAll('-', ' '), text.replaceAll('-', '—'), wide]
  for (const variant of [...typed, text.replaceAll('0', 'O').replaceAll('1', 'l'), ` ${text}\n`]) {
    t.deepEqual(readUnitSecret(variant), fixed(16))
  }
})

test('what is mistyped is refused without being repeated', (t) => {
  const secret = writeUnitSecret(newUnitSecret(fixed))
  const code = newEnrolmentCode(fixed)
  for (const [wrong, read, expected] of [
    [put(secret, 0, secret.startsWith('A') ? 'B' : 'A'), readUnitSecret, 'UNIT_SECRET_MISTYPED'],
    [put(code, 0, code.startsWith('A') ? 'B' : 'A'), enrolmentCodeHash, 'ENROLMENT_CODE_MISTYPED'],
    [secret, enrolmentCodeHash, 'ENROLMENT_CODE_MISTYPED'],
    [code, readUnitSecret, 'UNIT_SECRET_MISTYPED'],
    ['', readUnitSecret, 'UNIT_SECRET_MISTYPED'],
    ['A'.repeat(100_000), readUnitSecret, 'UNIT_SECRET_MISTYPED'],
  ] as const) {
    const error = t.throws(() => read(wrong), { code: expected })
    t.false(String(error.stack).includes(wrong.slice(1, 6) || '\0'))
  }
})

test('bits that no byte holds must be zero, so that a secret has one text only', (t) => {
  const texts = Array.from(base32Alphabet, (last) => `${'0'.repeat(25)}${last}`).filter((data) =>
    Array.from(base32Alphabet).some((a) =>
      Array.from(base32Alphabet).some((b) => readCheckedBase32(data + a + b, 16) !== undefined),
    ),
  )
  t.is(texts.length, 8)
})

test('the box knows a code by the SHA-256 of its characters, however it was typed', (t) => {
  const code = newEnrolmentCode(fixed)
  const hash = createHash('sha256').update(code.replaceAll('-', '')).digest('hex')
  t.is(enrolmentCodeHash(code), hash as ReturnType<typeof enrolmentCodeHash>)
  t.is(enrolmentCodeHash(` ${code.toLowerCase().replaceAll('-', ' ')}`), enrolmentCodeHash(code))
  t.not(
    enrolmentCodeHash(newEnrolmentCode((length) => new Uint8Array(length))),
    enrolmentCodeHash(code),
  )
})

test('a code is good until its expiry, and not from then on', (t) => {
  const expires = enrolmentCodeExpiry(new Date('2026-03-02T08:00:00Z'), 168)
  t.is(expires, '2026-03-09T08:00:00.000Z')
  t.false(isEnrolmentCodeExpired(expires, new Date('2026-03-09T07:59:59.999Z')))
  t.true(isEnrolmentCodeExpired(expires, new Date('2026-03-09T08:00:00Z')))
  t.true(isEnrolmentCodeExpired('some day', new Date('2026-03-09T07:00:00Z')))
})

test('there are 256 different words in each language, two characters or 3 to 7 letters long', (t) => {
  t.is(new Set(chineseWords).size, 256)
  t.is(new Set(englishWords).size, 256)
  t.is(chineseWords.length + englishWords.length, 512)
  t.true(chineseWords.every((word) => /^\p{Script=Han}{2}$/u.test(word)))
  t.true(englishWords.every((word) => /^[a-z]{3,7}$/.test(word)))
  t.false(
    englishWords.some((word) =>
      englishWords.some((other) => other !== word && other.startsWith(word)),
    ),
  )
})

test('the words of a fingerprint never change: what was printed reads the same', (t) => {
  t.is(
    createHash('sha256')
      .update([...chineseWords, ...englishWords].join(' '))
      .digest('hex'),
    'aca16d51c2d7a85b7d92a4808a1f71d989822e62b5dace72a9e6540ddf9d7b99',
  )
})

test('a fingerprint is all 32 bytes, as hexadecimal in fours and as words', (t) => {
  const sha256 = Uint8Array.from({ length: 32 }, (_, at) => at * 8)
  const { hex, chinese, english } = fingerprintWords(sha256)
  t.regex(hex, /^0008 1018 (?:[0-9A-F]{4} ){13}F0F8$/)
  t.deepEqual([chinese.length, english.length], [8, 8])
  t.is(chinese.flat()[1], chineseWords[8])
  t.is(english.flat()[31], englishWords[248])
  t.deepEqual(fingerprintWords(hex.replaceAll(' ', '')), { hex, chinese, english })
})

test('a fingerprint of another length is refused', (t) => {
  for (const wrong of ['', 'ab'.repeat(31), 'zz'.repeat(32), new Uint8Array(31)]) {
    t.throws(() => fingerprintWords(wrong), { code: 'FINGERPRINT_MALFORMED' })
  }
})

const put = (text: string, at: number, char: string) =>
  text.slice(0, at) + char + text.slice(at + 1)

/** Every text that differs from `text` by one substitution, one loss, one doubling, or a swap of two. */
function mistakesOf(text: string): string[] {
  const places = Array.from({ length: text.length }, (_, at) => at)
  const substituted = places.flatMap((at) =>
    Array.from(base32Alphabet, (char) => put(text, at, char)),
  )
  const lost = places.map((at) => text.slice(0, at) + text.slice(at + 1))
  const doubled = places.map((at) => text.slice(0, at) + text.charAt(at) + text.slice(at))
  const swapped = places.flatMap((a) =>
    places.map((b) => put(put(text, a, text.charAt(b)), b, text.charAt(a))),
  )
  return [...substituted, ...lost, ...doubled, ...swapped].filter((wrong) => wrong !== text)
}
