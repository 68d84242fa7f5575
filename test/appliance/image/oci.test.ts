/** An OCI layout of a small tree: every digest is right, the same tree gives the same bytes, and owners are as they were asked for. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import test, { type ExecutionContext } from 'ava'
import { writeOciArchive, writeOciLayout, type OciConfig } from '../../../appliance/image/oci.ts'

const config: OciConfig = {
  ...{ entrypoint: ['/bin/x'], command: ['start'], user: '700:700', env: { A: 'b' } },
  ...{ ports: ['8443/tcp'], volumes: ['/data'], workingFolder: '/data', labels: { a: 'b' } },
}

function place(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-oci-'))
  t.teardown(() => {
    rmSync(folder, { recursive: true })
  })
  return folder
}

/** The same tree, made in another order and at another time. */
function makeTree(folder: string, turned: boolean): string {
  const tree = join(folder, turned ? 'b' : 'a')
  const files: [string, string][] = [
    ['bin/x', 'program'],
    ['data/kept', 'data'],
    ['etc/long'.concat('n'.repeat(120)), 'name'],
  ]
  for (const [path, text] of turned ? files.toReversed() : files) {
    mkdirSync(join(tree, path, '..'), { recursive: true })
    writeFileSync(join(tree, path), text)
    if (turned) utimesSync(join(tree, path), 1000, 2000)
  }
  symlinkSync('bin/x', join(tree, 'link'))
  return tree
}

interface Descriptor {
  readonly digest: string
  readonly size: number
}

function blob(layout: string, { digest, size }: Descriptor): Buffer {
  const bytes = readFileSync(join(layout, 'blobs/sha256', digest.replace('sha256:', '')))
  if (bytes.length !== size) throw new RangeError('size')
  return bytes
}

test('every digest of the layout is right, from the index to the layer, and the configuration says what was asked', async (t) => {
  const folder = place(t)
  const layout = join(folder, 'layout')
  const tree = makeTree(folder, false)
  const digest = await writeOciLayout({
    ...{ tree, owned: ['data'], out: layout, config },
    tag: 'x:1',
  })
  for (const name of readdirSync(join(layout, 'blobs/sha256'))) {
    const bytes = readFileSync(join(layout, 'blobs/sha256', name))
    t.is(createHash('sha256').update(bytes).digest('hex'), name)
  }
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
    manifests: [Descriptor & { annotations: object }]
  }
  t.is(index.manifests[0].digest, digest)
  t.deepEqual(index.manifests[0].annotations, { 'org.opencontainers.image.ref.name': 'x:1' })
  const manifest = JSON.parse(blob(layout, index.manifests[0]).toString()) as {
    config: Descriptor
    layers: [Descriptor]
  }
  const said = JSON.parse(blob(layout, manifest.config).toString()) as {
    config: object
    rootfs: { diff_ids: string[] }
  }
  t.like(said.config, { User: '700:700', Entrypoint: ['/bin/x'], Cmd: ['start'], Env: ['A=b'] })
  const tar = gunzipSync(blob(layout, manifest.layers[0]))
  t.deepEqual(said.rootfs.diff_ids, [`sha256:${createHash('sha256').update(tar).digest('hex')}`])
  const listed = execFileSync('tar', ['-tv', '--numeric-owner'], { input: tar, encoding: 'utf8' })
  t.regex(listed, /^-\S+ 0\/0 .* \.\/bin\/x$/m)
  t.regex(listed, /^-\S+ 700\/700 .* \.\/data\/kept$/m)
  t.is([...listed.matchAll(/data\/kept/g)].length, 1)
})

test('the same tree made in another order and at another time gives the same image and the same archive', async (t) => {
  const folder = place(t)
  const made = await Promise.all(
    [false, true].map(async (turned) => {
      const out = join(folder, turned ? 'two' : 'one')
      const tree = makeTree(folder, turned)
      const digest = await writeOciLayout({ ...{ tree, owned: ['data'], out, config }, tag: 'x:1' })
      await writeOciArchive(out, `${out}.tar`)
      return {
        digest,
        archive: createHash('sha256')
          .update(readFileSync(`${out}.tar`))
          .digest('hex'),
      }
    }),
  )
  t.deepEqual(made[0], made[1])
})
