/** What the signer says of orders of two officers. */
import type { Words } from '../../one_file/language.ts'
import { w, type Said } from '../../one_file/say.ts'

export { orderNames } from '../../../exchange/unit/index.ts'

/** Services by their roles. */
export const serviceNames: Readonly<Record<string, Words>> = {
  root: w('根签发机构', 'root authority'),
  issuing: w('签发机构', 'issuing authority'),
  timestamping: w('时间戳', 'time-stamping'),
  ocsp: w('证书状态查询（OCSP）', 'certificate status (OCSP)'),
  tls: w('网页连接（TLS）', 'connections (TLS)'),
  journal: w('日志检查点', 'journal checkpoints'),
}

export const order = {
  ordered: w('所令之事', 'What is ordered'),
  proposer: w('提出人', 'Proposed by'),
  proposedAt: w('提出时间', 'Proposed at'),
  expires: w('有效期至', 'Lies open until'),
  service: w('服务', 'Service'),
  invalidSince: w('疑似泄露时间', 'In other hands since'),
  correction: w('对机器时钟的改正', "Correction of the machine's clock"),
  machineShowed: w('当时机器时钟显示', "The machine's clock then showed"),
  noCorrection: w('不改，时间是对的', 'none: the time is right'),
  later: (amount: string): Words => w(`拨快 ${amount}`, `${amount} later`),
  earlier: (amount: string): Words => w(`拨慢 ${amount}`, `${amount} earlier`),
  hostNames: w('本机的名称', 'Names of the box'),
  pkiUrl: w('此后证书里的地址', 'Address in certificates from then on'),
  from: w('自此时起不可信', 'Not trusted from'),
  to: w('停用时间', 'Not used any more since'),
  stillUsed: w('仍在使用', 'still in use'),
  known: w(
    '它签过而仍可信的（日志有记载）',
    'Signed by it and still trusted (known from the journal)',
  ),
  noKnown: w('不适用', 'not applicable'),
  version: w('版本', 'Version'),
  manifest: w('升级包清单 SHA-256', 'Manifest of the bundle, SHA-256'),
  name: w('令的编号', 'Name of the order'),
  backup: w('备份', 'Backup'),
  goesOnFrom: w('日志从第几条之后接续', 'The journal goes on behind entry'),
  root: w('那时的树头', 'Its head there'),
  lost: w('已知丢失的以后条目', 'Later entries known to be lost'),
  noneLost: w('未见更新的树头', 'none: nobody is known to have seen a later head'),
  drawn: w('已知用过的文号', 'Numbers known to be drawn'),
  drawnList: w('文号清单', 'The list of them'),
} as const satisfies Record<string, Said>
