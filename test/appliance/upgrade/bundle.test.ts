/** The bundle: what the release key did not sign, or what is not as it signed, is refused before a part of it is believed. */
import { execFileSync } from 'node:child_process'
import { readFile, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { canonicalJson, fromPem, sha256Hex, utf8 } from '../../../ca/index.ts'
import {
  headerBytes,
  maxHeaderBytes,
  readHeader,
  verifiedManifest,
  type BundleHeader,
} from '../../../appliance/upgrade/bundle.ts'
import { UpgradeError } from '../../../appliance/upgrade/errors.ts'
import { maxManifestBytes, readManifest } from '../../../appliance/upgrade/manifest.ts'
import { checkParts, openBundle, placedParts } from '../../../appliance/upgrade/read_bundle.ts'
import { signManifest } from '../../../appliance/upgrade/write_bundle.ts'
import { compareVersions } from '../../../appliance/upgrade/version.ts'
import {
  benchMachine,
  makeReleaseKey,
  type BenchMachine,
  type BuiltBundle,
} from './bench_machine.ts'

let bench: BenchMachine
let built: BuiltBundle
let trusted: readonly Uint8Array[]

test.before(async () => {
  bench = await benchMachine('rsa:3072')
  built = await bench.build({ version: '1.1.0' })
  trusted = [bench.release.signer.certificate]
})
test.after.always(() => bench.remove())

/** The header of the bundle that was built. */
async function header(): Promise<BundleHeader> {
  const found = readHeader(await readFile(built.path))
  if (found === undefined) throw new TypeError('a bundle has a header')
  return found
}

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof UpgradeError ? error.code : String(error)),
  )

test('a bundle is read with nothing but openssl, dd and sha256sum', async (t) => {
  const { manifest, signature, length } = await header()
  const [content, cms] = [join(bench.folder, 'manifest.json'), join(bench.folder, 'manifest.p7s')]
  await writeFile(content, manifest)
  await writeFile(cms, signature)
  const verify = ['cms', '-verify', '-inform', 'DER', '-in', cms, '-content', content, '-binary']
  const trust = ['-CAfile', bench.release.certificateFile, '-purpose', 'any', '-out', '/dev/null']
  execFileSync('openssl', [...verify, ...trust], { stdio: 'pipe' })
  const { parts, version } = readManifest(manifest)
  t.is(version, '1.1.0')
  let from = length
  for (const { bytes, sha256, name } of parts) {
    const cut = `tail -c +${String(from + 1)} ${built.path} | head -c ${String(bytes)} | sha256sum`
    const said = execFileSync('bash', ['-c', cut], { encoding: 'utf8' })
    t.is(said.split(' ')[0], sha256, name)
    from += bytes
  }
})

test('the same input signed by an RSA key gives the same bundle, octet for octet', async (t) => {
  const again = join(bench.folder, 'again')
  const before = await readFile(built.path)
  const { path } = await bench.build({ version: '1.1.0' })
  await writeFile(again, await readFile(path))
  t.true(before.equals(await readFile(again)))
})

test('a bundle is opened, and all its parts are as signed', async (t) => {
  await using bundle = await openBundle(built.path, trusted)
  let told = 0
  await checkParts(bundle, (bytes) => (told = bytes))
  t.is(told, 2_500_000 + 20_000 + 1_200_000)
  t.is(sha256Hex(bundle.header.manifest), built.manifest)
  t.deepEqual(
    placedParts(bundle).map(({ name }) => name),
    ['root', 'verity', 'uki'],
  )
})

test('a bundle of another key is refused, also one with the same name in its certificate', async (t) => {
  const other = makeReleaseKey(bench.folder, 'two')
  const namesake = makeReleaseKey(bench.folder, 'one-again')
  for (const { signer } of [other, namesake]) {
    const { path } = await bench.build({ version: '1.2.0', signer })
    t.is(await codeOf(openBundle(path, trusted)), 'UPGRADE_SIGNATURE')
  }
})

test('a bundle of an image’s second release key is taken, and one of elliptic curves', async (t) => {
  const other = makeReleaseKey(bench.folder, 'three', 'ec')
  const { path } = await bench.build({ version: '1.2.0', signer: other.signer })
  await using bundle = await openBundle(path, [...trusted, other.signer.certificate])
  t.is(bundle.manifest.version, '1.2.0')
})

test('any octet changed in the header is refused', async (t) => {
  const { length } = await header()
  const whole = (await readFile(built.path)).subarray(0, length)
  await fc.assert(
    fc.asyncProperty(fc.nat(length - 1), fc.integer({ min: 1, max: 255 }), async (place, flip) => {
      const changed = Uint8Array.from(whole)
      changed[place] = (changed[place] ?? 0) ^ flip
      try {
        const found = readHeader(changed)
        // Too short to tell: lengths that grew. No octet more is there, so it is refused where it is opened.
        if (found === undefined) return true
        await verifiedManifest(found, trusted)
      } catch (error) {
        return error instanceof UpgradeError
      }
      return false
    }),
    { seed: 37, numRuns: 300 },
  )
  t.pass()
})

test('any octet changed in a part is found, and so are a cut and an added end', async (t) => {
  const whole = await readFile(built.path)
  const { length } = await header()
  const path = join(bench.folder, 'changed')
  for (const place of [length, length + 2_499_999, length + 2_500_000, whole.length - 1]) {
    const changed = Buffer.from(whole)
    changed[place] = (changed[place] ?? 0) ^ 1
    await writeFile(path, changed)
    await using bundle = await openBundle(path, trusted)
    t.is(await codeOf(checkParts(bundle)), 'UPGRADE_DAMAGED')
  }
  await writeFile(path, Buffer.concat([whole, Buffer.of(0)]))
  t.is(await codeOf(openBundle(path, trusted)), 'UPGRADE_DAMAGED')
  for (const length of [whole.length - 1, 3000, 100, 10, 0]) {
    await writeFile(path, whole)
    await truncate(path, length)
    t.is(await codeOf(openBundle(path, trusted)), 'UPGRADE_DAMAGED', String(length))
  }
})

test('what begins as no bundle is refused from its first octets, however long it is', (t) => {
  const cases: readonly (readonly [start: string, isRefused: boolean])[] = [
    ['', false],
    ['seal', false],
    ['sealbox-upgrade/1 70', false],
    ['sealbox-upgrade/2', true],
    ['PK\u0003\u0004', true],
    ['sealbox-upgrade/1 700 900 ', false],
    ['sealbox-upgrade/1 700 900 \n', true],
    ['sealbox-upgrade/1 0 900\n', true],
    ['sealbox-upgrade/1 -1 900\n', true],
    [`sealbox-upgrade/1 ${String(maxManifestBytes + 1)} 900\n`, true],
    ['sealbox-upgrade/1 700 999999\n', true],
    [`sealbox-upgrade/1 ${'7'.repeat(60)}`, true],
  ]
  for (const [start, isRefused] of cases) {
    if (isRefused) t.throws(() => readHeader(utf8(start)), { code: 'UPGRADE_MALFORMED' }, start)
    else t.is(readHeader(utf8(start)), undefined, start)
  }
})

test('a manifest that is signed but not as it must be written is refused', async (t) => {
  const { manifest } = await header()
  const good = JSON.parse(new TextDecoder().decode(manifest)) as Record<string, unknown>
  const [root, verity, uki] = good['parts'] as object[]
  const wrong: readonly Uint8Array[] = [
    utf8(` ${new TextDecoder().decode(manifest)}`),
    ...[
      { ...good, version: '1.1' },
      { ...good, version: '01.1.0' },
      { ...good, version: '1.1.0-rc1' },
      { ...good, format: 2 },
      { ...good, more: true },
      { ...good, parts: [verity, root, uki] },
      { ...good, parts: [root, verity] },
      { ...good, parts: [root, { ...verity, bytes: 0 }, uki] },
      { ...good, parts: [root, verity, { ...uki, bytes: 2 ** 40 }] },
      { ...good, roothash: 'AB'.repeat(32) },
    ].map(canonicalJson),
  ]
  for (const bytes of wrong) {
    const signature = await signManifest(bytes, bench.release.signer)
    const found = readHeader(headerBytes(bytes, signature))
    if (found === undefined) throw new TypeError('the header is whole')
    t.is(await codeOf(verifiedManifest(found, trusted)), 'UPGRADE_MALFORMED')
  }
  t.throws(() => headerBytes(new Uint8Array(maxManifestBytes + 1), new Uint8Array(1)))
  t.true(headerBytes(manifest, new Uint8Array(900)).length < maxHeaderBytes)
})

test('a bundle with two signers is refused, be one of them the release key', async (t) => {
  const { manifest } = await header()
  const other = makeReleaseKey(bench.folder, 'four')
  const content = join(bench.folder, 'two-signers.json')
  await writeFile(content, manifest)
  const signers = ['one', 'four'].flatMap((name) => [
    ...['-signer', join(bench.folder, `${name}.crt`), '-inkey', join(bench.folder, `${name}.key`)],
  ])
  const out = join(bench.folder, 'two-signers.p7s')
  const how = ['cms', '-sign', '-cades', '-binary', '-outform', 'DER', '-in', content, '-out', out]
  execFileSync('openssl', [...how, ...signers], { stdio: 'pipe' })
  const signature = await readFile(out)
  t.is(await codeOf(verifiedManifest({ manifest, signature }, trusted)), 'UPGRADE_SIGNATURE')
  t.is(fromPem('CERTIFICATE', other.pem).length, 1)
})

test('what openssl signs as CAdES with the release key alone is taken: a signature may be made apart', async (t) => {
  const { manifest } = await header()
  const content = join(bench.folder, 'apart.json')
  await writeFile(content, manifest)
  const out = join(bench.folder, 'apart.p7s')
  const how = ['cms', '-sign', '-cades', '-binary', '-outform', 'DER', '-in', content, '-out', out]
  const by = ['-signer', join(bench.folder, 'one.crt'), '-inkey', join(bench.folder, 'one.key')]
  execFileSync('openssl', [...how, ...by], {
    stdio: 'pipe',
  })
  const signature = await readFile(out)
  t.is((await verifiedManifest({ manifest, signature }, trusted)).version, '1.1.0')
})

test('a link, a pipe and a folder in the bundle’s place are no bundle', async (t) => {
  const link = join(bench.folder, 'link')
  await symlink(built.path, link)
  const pipe = join(bench.folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  for (const path of [link, pipe, bench.folder, join(bench.folder, 'none')]) {
    t.is(await codeOf(openBundle(path, trusted)), 'UPGRADE_MISSING', path)
  }
})

test('versions are ordered number by number, and what is none is not compared', (t) => {
  t.true(compareVersions('1.9.0', '1.10.0') < 0)
  t.true(compareVersions('2.0.0', '1.99.99') > 0)
  t.is(compareVersions('1.2.3', '1.2.3'), 0)
  for (const no of ['1.2', '1.2.3.4', '1.2.x', '', '1.02.3']) {
    t.throws(() => compareVersions(no, '1.0.0'), { instanceOf: TypeError })
  }
})
