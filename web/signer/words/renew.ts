/** What the signer says of renewing certificates. */
import type { Words } from '../../one_file/language.ts'
import { w, type Said } from '../../one_file/say.ts'

export const renew = {
  title: w('证书换新', 'Renew the certificates'),
  lead: w(
    '在本机生成新密钥，由现在的签名密钥签名换发，不用安全员批准。口令和单位密语不变；旧证书到期前照常可用。',
    'New keys are made here, and the present signing keys sign for them; no officer is needed. Passphrase and unit secret stay; the old certificates work until they end.',
  ),
  due: (days: number): Words =>
    w(`证书将在 ${String(days)} 天内到期`, `Certificates end within ${String(days)} days`),
  dueHow: w(
    '现在换新，约一分钟；不换，到期后就不能登录、签名和用印。',
    'Renew them now, which takes a minute; once they end nobody can log in, sign or seal.',
  ),
  ended: w('有证书已到期', 'Certificates have ended'),
  endedHow: w(
    '已到期的不能换新：请向安全员领注册码，重新注册。',
    'What has ended is not renewed: ask the security officer for a code and enrol anew.',
  ),
  what: w('换新的证书', 'What is renewed'),
  until: (day: string): Words => w(`到 ${day}`, `until ${day}`),
  begin: w('换新', 'Renew'),
  early: w(
    '没有将要到期的证书。也可以现在提前换新。',
    'Nothing ends soon. You may renew all the same.',
  ),
  nothing: w(
    '没有可以换新的有效证书。请向安全员领注册码，重新注册。',
    'There is no live certificate to renew. Ask the security officer for a code and enrol anew.',
  ),
  making: (count: number): Words =>
    w(`生成 ${String(count)} 对新密钥`, `Make ${String(count)} new key pairs`),
  wrapping: w('用原来的口令和单位密语加密', 'Encrypt them by the same passphrase and unit secret'),
  signing: w('用现在的签名密钥签名', 'Sign with the present signing keys'),
  sending: w('提交印匣，领取新证书', 'Hand them in and take the new certificates'),
  lost: w(
    '线路断了。新密钥已加密保存在本机，会自动再交；不会丢，也不会换两次。关闭本页也可以，以后再打开会继续。',
    'The line broke. The new keys are kept here, encrypted, and are handed in again by themselves: nothing is lost and nothing is renewed twice. You may close the page; it goes on later.',
  ),
  refused: w(
    '没有换新，旧证书照常可用。',
    'Nothing was renewed; the old certificates work as before.',
  ),
  done: w('已换新', 'Renewed'),
  doneLead: w(
    '新证书已经签发，旧证书到期前仍可用。请把下面几样办完。',
    'The new certificates are issued; the old ones work until they end. Do all of the following.',
  ),
  doneOpenHow: w(
    '导入后关闭所有浏览器窗口再打开，选择到期日较晚的那张证书。',
    'After importing, close all browser windows, open again and choose the certificate that ends later.',
  ),
  otherFile: w(
    '密钥文件里没有现在有效的签名密钥，不能换新。',
    'The key file holds no signing key that is live; nothing can be renewed with it.',
  ),
} as const satisfies Record<string, Said>
