/**
 * What makes a public key of an accepted kind and size weak all the same, by zlint's names where it has one: what anybody can factor, and
 * private keys that everybody knows. Pure. It does not know the keys of CVE-2008-0166 (Debian), of which no list is kept where this
 * project takes its packages from; none of those was of 3,072 bits by default or on P-256. Nor does it look for primes shared with others.
 */
import { createECDH } from 'node:crypto'
import { toHex } from '../bytes.ts'

/** Rounds of Fermat's method: primes that a good generator draws are farther apart by 2^1400 rounds. */
const fermatRounds = 100

/** Why an RSA key is weak; undefined if nothing is known. */
export function rsaWeakness(modulus: bigint, exponent: bigint): string | undefined {
  if (exponent < 65_537n) return 'e_rsa_public_exponent_too_small'
  if (exponent % 2n === 0n) return 'e_rsa_public_exponent_not_odd'
  // Beyond 256 bits the private exponent may have been chosen small (FIPS 186-5 A.1.1).
  if (exponent >= 2n ** 256n) return 'e_rsa_public_exponent_too_large'
  if (modulus % 2n === 0n) return 'w_rsa_mod_not_odd'
  if (greatestCommonDivisor(modulus, smallPrimes) !== 1n)
    return 'w_rsa_mod_factors_smaller_than_752'
  if (hasRocaFingerprint(modulus)) return 'e_rsa_roca'
  return isFermatClose(modulus) ? 'e_rsa_fermat_factorization' : undefined
}

/** The product of all odd primes below 752. */
const smallPrimes = Array.from({ length: 752 }, (_, number) => number)
  .filter((number) => number > 2 && [...divisors(number)].length === 0)
  .reduce((product, prime) => product * BigInt(prime), 1n)

function* divisors(number: number): Iterable<number> {
  for (let by = 2; by * by <= number; by++) if (number % by === 0) yield by
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b > 0n) [a, b] = [b, a % b]
  return a
}

const rocaPrimes = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157]

/** What powers of 65537 leave modulo each of the primes. */
const rocaResidues = rocaPrimes.map((prime) => {
  const powers = new Set<number>()
  for (let power = 1; !powers.has(power); power = (power * 65_537) % prime) powers.add(power)
  return { prime: BigInt(prime), powers }
})

/** CVE-2017-15361: such a modulus is a power of 65537 modulo every small prime; of others 1 in 2^27 is. */
function hasRocaFingerprint(modulus: bigint): boolean {
  return rocaResidues.every(({ prime, powers }) => powers.has(Number(modulus % prime)))
}

/** CVE-2022-26320: primes so near each other that a² - n is a square for an a just above the root of n. */
function isFermatClose(modulus: bigint): boolean {
  let a = squareRoot(modulus)
  if (a * a < modulus) a++
  for (let round = 0; round < fermatRounds; round++, a++) {
    if (isSquare(a * a - modulus)) return true
  }
  return false
}

function isSquare(value: bigint): boolean {
  // Squares end in these sixteenths only: three of four are told at once.
  if (![0n, 1n, 4n, 9n].includes(value & 15n)) return false
  const root = squareRoot(value)
  return root * root === value
}

/** The whole part of a square root, by Newton's method from above. */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value
  let root = 1n << BigInt(Math.ceil(value.toString(16).length / 2) * 4)
  for (;;) {
    const next = (root + value / root) >> 1n
    if (next >= root) return root
    root = next
  }
}

/** Private keys 1 to this are tried by whoever tries anything. */
const maxGuessedScalar = 1024
/** Private keys on P-256 printed in documents that people copy from. */
const publishedScalars: readonly string[] = [
  // RFC 6979 A.2.5
  'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721',
]
/** x of P-256 keys whose private key is printed: RFC 7515 A.3.1, RFC 7517 A.2, in hexadecimal. */
const publishedPoints: readonly string[] = [
  '7fcdce2770f6c45d4183cbee6fdb4b7b580733357be9ef13bacf6e3c7bd15445',
  '30a0424cd21c2944838a2d75c92b37e76ea20d9f00893a3b4eee8a3c0aafec3e',
]

let knownPoints: ReadonlySet<string> | undefined

/** Why a P-256 key is weak, by x of its point (32 octets); the two keys of one x are known together. */
export function curveWeakness(x: Uint8Array): string | undefined {
  knownPoints ??= listKnownPoints()
  return knownPoints.has(toHex(x)) ? 'e_ec_private_key_known' : undefined
}

/** Once in a process, some 20 ms. */
function listKnownPoints(): ReadonlySet<string> {
  const guessed = Array.from({ length: maxGuessedScalar }, (_, at) =>
    (at + 1).toString(16).padStart(64, '0'),
  )
  return new Set([...[...guessed, ...publishedScalars].map(abscissa), ...publishedPoints])
}

function abscissa(scalar: string): string {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(scalar, 'hex')
  return curve.getPublicKey('hex', 'uncompressed').slice(2, 66)
}
