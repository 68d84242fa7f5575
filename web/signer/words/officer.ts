/** What the signer says to security officers, and on the sheets that they hand out. */
import type { Words } from '../../one_file/language.ts'
import { w, type Said } from '../../one_file/say.ts'

/** Reasons of revocation (RFC 5280 5.3.1) in words. */
export const reasonNames: Readonly<Record<string, Words>> = {
  unspecified: w('未说明', 'not said'),
  keyCompromise: w('密钥可能泄露', 'the key may be compromised'),
  cACompromise: w('签发机构泄露', 'the authority is compromised'),
  affiliationChanged: w('人员或单位变动', 'person or unit changed'),
  superseded: w('已换发新证书', 'superseded by another certificate'),
  cessationOfOperation: w('不再使用', 'no longer used'),
  certificateHold: w('暂停使用', 'on hold'),
  privilegeWithdrawn: w('撤销授权', 'privilege withdrawn'),
  aACompromise: w('属性机构泄露', 'the attribute authority is compromised'),
}

export const officer = {
  sheets: w('注册单', 'Enrolment sheets'),
  sheetsLead: w(
    '注册码只在这里显示一次，关闭后印匣也拿不出来。请立即打印，一单位一页，当面或密封交给单位。',
    'The codes are shown here once; the box cannot show them again. Print now, one page a unit, and hand them over in person or sealed.',
  ),
  printAll: (count: number): Words =>
    w(`打印 ${String(count)} 张`, `Print ${String(count)} sheets`),
  printed: w('都打印好了，可以离开', 'All printed; I may leave'),
  sheetTitle: w('注册单', 'Enrolment sheet'),
  code: w('注册码', 'Enrolment code'),
  until: w('有效期至', 'Valid until'),
  address: w('网址', 'Address'),
  uscc: w('统一社会信用代码', 'Unified social credit code'),
  steps: w('怎样注册', 'How to enrol'),
  step1: w(
    '在本单位电脑的浏览器里打开上面的网址。提示不安全时，先下载根证书导入，导入时核对下面的指纹。',
    "Open the address above in the browser of your unit's computer. If it warns, download and import the root, comparing the fingerprint below.",
  ),
  step2: w(
    '输入注册码，逐个核对根证书的 32 个词。',
    'Type the code and compare the 32 words of the root.',
  ),
  step3: w(
    '设定口令；密钥在本机生成。',
    'Choose a passphrase; the keys are made on your computer.',
  ),
  step4: w(
    '打电话给安全员，核对申请的 32 个词，等待批准。',
    'Telephone the security officer, compare the 32 words of the request, wait for the approval.',
  ),
  step5: w(
    '保存登录证书和单位文件，打印密语单，锁进保险柜。',
    'Save the certificates and the unit file, print the secret sheet, lock it in the safe.',
  ),
  root: w('根证书指纹', 'Fingerprint of the root'),
  handed: w('领取人签字', 'Received by'),
  secret: w(
    '注册码等于一把钥匙：不拍照，不发消息，用完作废。',
    'The code is a key: no pictures, no messages; it is void once used.',
  ),
} as const satisfies Record<string, Said>
