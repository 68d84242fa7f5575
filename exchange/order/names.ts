/** What grave acts are called, wherever a person reads of them. Pure, isomorphic. */
import type { OrderAct } from './acts.ts'

export const orderNames = {
  'revoke-service': { zh: '吊销本机自己的证书', en: 'Revoke a certificate of the box itself' },
  'confirm-time': { zh: '确认本机时间', en: 'Confirm the time of the box' },
  'roll-over-service': {
    zh: '更换本机的服务密钥',
    en: 'Roll a service of the box over to a new key',
  },
  'restore-backup': {
    zh: '让从备份恢复的本机重新工作',
    en: 'Take the box that was restored from a backup into work',
  },
  rehost: { zh: '更换本机的名称或地址', en: 'Move the box to another name or address' },
  'state-compromise': { zh: '声明密钥已泄露', en: 'State that a key is compromised' },
  'install-upgrade': { zh: '安装新版本', en: 'Install a new version' },
} as const satisfies Record<OrderAct, { readonly zh: string; readonly en: string }>
