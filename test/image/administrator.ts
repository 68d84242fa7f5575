/** An administrator of a box in the image, at the pages as a browser would be. Test support. */
import { request } from 'node:https'
import { toPem } from '../../ca/index.ts'
import { approvalBy, type DemoBox } from '../../appliance/demo/district.ts'
import { createBoxClient } from '../../appliance/unit/box_client.ts'
import { enrol, personCertificates } from '../../appliance/unit/enrolment.ts'
import { appoint, type OfficerOptions } from '../../appliance/unit/officer.ts'

export interface Identity {
  readonly key: string
  readonly cert: string
}

/** Enrols `administrator-1`; gives the log-in, and the key that signs. */
export async function enrolAdministrator(box: DemoBox, officer: OfficerOptions) {
  const given = await appoint(officer, { id: 'administrator-1', role: 'administrator' })
  const anonymous = createBoxClient({ url: box.url, root: box.root, identity: {} })
  const { keys, chain } = await enrol(anonymous, {
    code: given.code,
    wanted: personCertificates('administrator'),
    onWaiting: approvalBy(officer, 'administrator-1'),
  })
  anonymous.close()
  const [login, signing] = keys
  if (!login || !signing) throw new TypeError('two keys')
  const as: Identity = {
    key: login.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    cert:
      toPem('CERTIFICATE', login.certificate) + toPem('CERTIFICATE', chain[0] ?? login.certificate),
  }
  return { as, signing }
}

/** A page, or what a form is answered; as text. */
export function ask(
  { url, root }: DemoBox,
  as: Identity,
  of: { readonly path: string; readonly form?: Uint8Array; readonly type?: string },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request(`${url}${of.path}`, {
      ...{ ca: root, ...as, method: of.form === undefined ? 'GET' : 'POST' },
      headers:
        of.form === undefined
          ? {}
          : { 'Content-Type': of.type ?? '', 'Content-Length': of.form.length },
    })
    asking.on('error', reject)
    asking.on('response', (response) => {
      let text = ''
      response.on('data', (part: Buffer) => (text += part.toString()))
      response.on('end', () => {
        resolve(text)
      })
    })
    asking.end(of.form)
  })
}

/** What a form of fields without a file is sent as. */
export const formType = 'application/x-www-form-urlencoded'
