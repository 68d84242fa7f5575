/** A ceremony in the journal of a test box, with minutes that are well formed; nobody held it. Not a test itself. */
import { ceremonyHeldEntry, sha256Hex, type CeremonyKind } from '../../ca/index.ts'
import { minutesFormat, writeMinutes, type Minutes } from '../../provisioning/index.ts'
import type { TestBox } from './box_fixture.ts'

/** Index of the entry. */
export async function heldCeremony(
  { parts, root, id }: TestBox,
  kind: CeremonyKind = 'init',
): Promise<number> {
  const minutes: Minutes = {
    ...{ format: minutesFormat, kind, ceremony: 'ab'.repeat(16) },
    box: {
      ...{ id, mode: 'production', districtName: '测试区', hostNames: ['box.test'] },
      ...{ pkiUrl: 'http://box.test:8080', zone: 'Asia/Shanghai' },
    },
    ...{ heldAt: '2026-11-25T02:00:00Z', place: '机房' },
    present: [
      { name: '王一', part: '主持' },
      { name: '李二', part: '见证' },
    ],
    software: { version: '1.0.0', signer: '1'.repeat(64) },
    root: sha256Hex(root),
    certificates: [
      {
        ...{ key: 'root', role: 'root', generation: 1, sha256: sha256Hex(root) },
        ...{ subject: 'CN=测试区 根证书,C=CN', algorithm: 'ecdsa-p256', store: 'shares' },
        ...{ notBefore: '2026-11-25T02:00:00Z', notAfter: '2046-11-25T02:00:00Z' },
      },
    ],
    lists: [],
    shares: { needed: 2, custodians: ['王一', '李二', '张三'] },
    ...{ opened: [], officers: ['officer-1', 'officer-2'] },
    dismissed: kind === 'break-glass' ? ['officer-9'] : [],
    rehearsal: { certificates: 6, lists: 2 },
    reason: kind === 'break-glass' ? '两名安全员失联' : '',
  }
  const bytes = await parts.blobs.put(writeMinutes(minutes))
  const entry = ceremonyHeldEntry({
    ...{ kind, minutes: bytes, root: sha256Hex(root), signature: new Uint8Array(70) },
  })
  const [held] = await parts.journal.commit({ entries: [entry] })
  return held?.index ?? -1
}
