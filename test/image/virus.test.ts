/** The virus check in the image: the scanner runs without network or signatures, gets some by page and by stick, and finds what they are for. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { signCms, signerOf } from '../../ca/index.ts'
import { enrolPerson } from '../../appliance/demo/district.ts'
import { withMoment } from '../../appliance/virus/own_set.ts'
import { ownSignature } from '../appliance/virus/real_clamd.ts'
import { temporaryFolder } from '../appliance/places.ts'
import { ask, enrolAdministrator, formType } from './administrator.ts'
import { builtImage } from './built.ts'
import { bootImage, copyDisk, pause } from './machine.ts'
import { setUpTrial } from './set_up.ts'
import { introduce, serving } from './known_box.ts'

const boundary = 'sealbox-image-test'

function multipart(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const parts = Object.entries(files).flatMap(([name, bytes]) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n`,
    ),
    bytes,
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)])
}

test('the scanner waits for signatures, refuses forged ones from a stick, takes a signed list, and finds what it is for', async (t) => {
  const folder = await temporaryFolder(t)
  const { out, disk } = await builtImage()
  const own = await copyDisk(disk, join(folder, 'disk.img'))
  const stick = join(folder, 'stick.img')
  await writeFile(join(folder, 'daily.cvd'), 'ClamAV-VDB:forged')
  execFileSync('mkfs.vfat', ['-C', stick, '65536'])
  execFileSync('mcopy', ['-i', stick, join(folder, 'daily.cvd'), '::/'])
  const machine = await bootImage({ disk: own, firmware: 'direct', build: out, usb: [stick] })
  t.teardown(() => machine.kill())
  const code = await setUpTrial(machine)
  await serving(machine)
  const box = await introduce(machine, code)
  const officer = await enrolPerson(box, { id: 'officer-1', role: 'officer', code })
  const { as, signing } = await enrolAdministrator(box, officer)
  officer.client.close()
  const page = async (until: RegExp): Promise<string> => {
    let text = ''
    for (let tries = 0; tries < 90 && !until.test(text); tries++) {
      if (tries > 0) await pause(1000)
      text = await ask(box, as, { path: '/virus' })
    }
    return text
  }
  t.regex(await page(/还没有病毒库/), /ClamAV 1\./, 'it runs, and finds the test file')
  const fromStick = await ask(box, as, {
    ...{ path: '/virus/stick', form: new Uint8Array(), type: formType },
  })
  t.regex(fromStick, /daily\.cvd：不是 ClamAV 病毒库/)
  const list = Buffer.from(withMoment(ownSignature, new Date()))
  const signer = signerOf(signing.privateKey, signing.certificate)
  const digest = new Uint8Array(createHash('sha256').update(list).digest())
  const signature = await signCms({ signer, digest, certificates: [signing.certificate] })
  const form = multipart({ 'own.ndb': list, 'own.ndb.p7s': signature })
  const installed = await ask(box, as, {
    ...{ path: '/virus', form, type: `multipart/form-data; boundary=${boundary}` },
  })
  t.regex(installed, /新病毒库已经放好/)
  t.regex(await page(/每个上传的文件都先检查|病毒检查正常/), /own\.ndb/)
})
