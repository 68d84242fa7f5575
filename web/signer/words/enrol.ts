/** What the signer says while somebody enrols. */
import type { Words } from '../../one_file/language.ts'
import { w, type Said } from '../../one_file/say.ts'

export const enrol = {
  title: w('注册', 'Enrol'),
  lead: w(
    '在这台电脑上生成密钥，由安全员核对后签发证书。密钥、口令和单位密语都不离开本机。',
    'Keys are made on this computer; a security officer compares them and the certificates are issued. Keys, passphrase and unit secret never leave it.',
  ),
  stepOf: (at: number, of: number): Words =>
    w(`第 ${String(at)} 步，共 ${String(of)} 步`, `Step ${String(at)} of ${String(of)}`),
  steps: w('注册步骤', 'Steps of enrolment'),
  served: w(
    '注册须连着印匣办理：请在浏览器中打开印匣的网址，不要用本机上的文件。',
    'Enrolling needs the box: open its address in the browser, not this file.',
  ),

  // 1
  code: w('输入注册码', 'Type the code'),
  codeLabel: w('注册码', 'Enrolment code'),
  codeHint: w(
    '注册单上的 18 位，分三组；不分大小写，空格和横线可有可无。',
    '18 characters in three groups, on your sheet. Capitals, spaces and dashes do not matter.',
  ),
  codeShort: (count: number): Words => w(`还差 ${String(count)} 位`, `${String(count)} more to go`),
  codeWrong: w(
    '有一两位输错了：校验位对不上，请与注册单逐位核对。',
    'A character or two is wrong: the check does not fit. Compare with the sheet.',
  ),
  codeRight: w('校验无误', 'The check fits'),
  codeFor: w('此注册码发给', 'This code is for'),
  codeWaiting: w(
    '这个注册码已有一份申请在等待批准，但不是在这个浏览器里提出的。如果不是您或同事提出的，请立即告诉安全员。',
    'A request made with this code waits already, but not from this browser. Unless you or a colleague made it, tell the security officer at once.',
  ),

  // 2
  root: w('核对根证书', 'Compare the root'),
  rootLead: w(
    '拿出安全员给您的注册单，把下面 32 个词从头到尾逐个核对。有一个不同，就不要继续，打电话给安全员。',
    'Take the sheet from the security officer and compare all 32 words. If one differs, stop and telephone the officer.',
  ),
  rootWords: w('根证书指纹（词）', 'Fingerprint of the root, in words'),
  rootHex: w('根证书指纹（十六进制）', 'Fingerprint of the root, in hexadecimal'),
  rootSame: w('与我的注册单上完全一致', 'The same as on my sheet'),
  rootImport: w('还没有导入根证书？', 'Root not imported yet?'),
  rootImportHow: w(
    '若浏览器提示“连接不安全”，先下载根证书并导入系统的“受信任的根证书颁发机构”。导入时系统显示的指纹也应与注册单一致。导入后重开浏览器，再回到本页。',
    "If the browser warns of an unsafe connection, download the root and import it as a trusted root authority. The fingerprint that the system shows must be the sheet's too. Restart the browser, then come back.",
  ),
  rootDownload: w('下载根证书', 'Download the root'),

  // 3
  passphrase: w('设定口令', 'Choose a passphrase'),
  passphraseLead: w(
    '口令保护本单位的签名密钥和登录证书。请选一句自己记得住、别人猜不到的话；印匣不知道它，忘了也无法找回，只能重新注册。',
    'It protects the signing keys and the log-in certificates. Choose a sentence you remember and nobody guesses. The box does not know it; forgotten, you must enrol again.',
  ),
  passphraseLabel: w('口令', 'Passphrase'),
  passphraseAgain: w('再输一次', 'Once more'),
  passphraseShow: w('显示口令', 'Show it'),
  passphraseDiffers: w('两次输入不同。', 'The two differ.'),
  strengthShort: (count: number): Words =>
    w(
      `太短：至少 10 个字符，还差 ${String(count)} 个`,
      `Too short: 10 characters at least, ${String(count)} to go`,
    ),
  strengthWeak: w(
    '容易被猜到：像电话、日期、重复或键盘顺序。请再加几个词',
    'Easy to guess: like a telephone number, a date, a repetition or a row of keys. Add some words',
  ),
  strengthFair: w('可以使用', 'Good enough'),
  strengthGood: w('很难猜到', 'Hard to guess'),

  // 4
  keys: w('生成密钥', 'Make the keys'),
  keysLead: w(
    '密钥在本机生成。交给印匣的只有公钥、证书申请和一份打不开的密钥备份。',
    'The keys are made here. The box gets public keys, requests, and a backup of the keys that it cannot open.',
  ),
  keysMake: w('生成密钥并提交申请', 'Make keys and ask for certificates'),
  keysMaking: (count: number): Words =>
    w(`生成 ${String(count)} 对密钥（P-256）`, `Make ${String(count)} key pairs (P-256)`),
  keysWrap: w('用口令和单位密语加密', 'Encrypt them by passphrase and unit secret'),
  keysRequest: w('写好证书申请（PKCS#10）', 'Write the requests (PKCS#10)'),
  keysSend: w('提交印匣', 'Hand them to the box'),

  // 5
  wait: w('等待安全员批准', 'Wait for the officer'),
  waitLead: w(
    '打电话给安全员，请对方念出屏幕上的词，您逐个核对；或者由您念。32 个词全部一致，安全员才会批准。',
    'Telephone the security officer and compare these 32 words aloud. Only when all are the same will the officer approve.',
  ),
  waitWords: w('申请的指纹（词）', 'Fingerprint of the request, in words'),
  waitAsking: (time: string): Words =>
    w(`每 3 秒查询一次，上次 ${time}`, `Asked every 3 seconds, last at ${time}`),
  waitLost: (time: string): Words =>
    w(
      `连不上印匣，继续尝试（上次成功 ${time}）`,
      `The box is out of reach; still trying (last reached ${time})`,
    ),
  waitClose: w(
    '可以关闭本页：以后用这个浏览器再打开，会从这里继续。',
    'You may close this page: opened again in this browser, it goes on from here.',
  ),
  waitUntil: (day: string): Words => w(`注册码 ${day} 到期`, `The code expires on ${day}`),
  waitOther: w(
    '印匣说出的指纹与本页算出的不同，请停止并告诉安全员。',
    'The box names another fingerprint than this page computed. Stop and tell the officer.',
  ),
  drop: w('放弃这次注册', 'Give this enrolment up'),
  dropSure: w(
    '放弃后这次生成的密钥会删除，且无法找回。安全员须另发注册码。确定放弃？',
    'The keys made now are deleted for good, and the officer must give out another code. Give it up?',
  ),

  // 6
  done: w('领取证书', 'Take the certificates'),
  doneLead: w(
    '证书已经签发。下面几样请按顺序办完，缺一样以后就可能打不开。',
    'The certificates are issued. Do all of the following in order; without one of them you may be locked out later.',
  ),
  resume: w(
    '证书已经签发。请输入注册时设定的口令，取出登录密钥。',
    'The certificates are issued. Type the passphrase you chose, to take the log-in keys out.',
  ),
  resumeOpen: w('取出', 'Take them out'),
  doneP12: w('保存登录证书', 'Save the log-in certificates'),
  doneP12How: w(
    '每个岗位一个文件，给坐在那里的人。口令就是刚才设定的口令。',
    'One file a seat, for the person who sits there. Its password is the passphrase you chose.',
  ),
  doneP12Save: (post: string): Words => w(`保存 ${post}.p12`, `Save ${post}.p12`),
  doneSheet: w('打印密语单', 'Print the secret sheet'),
  doneSheetHow: w(
    '上面有单位密语。和口令一起才能打开签名密钥；请锁进保险柜，不要拍照。',
    'It holds the unit secret, which opens the signing keys together with the passphrase. Put it in the safe; take no picture.',
  ),
  doneUnitFile: w('保存单位文件', 'Save the unit file'),
  doneUnitFileHow: w(
    '离线签名时用，存到本单位的 U 盘。里面的密钥是加密的。',
    "For signing offline: put it on the unit's stick. The keys in it are encrypted.",
  ),
  doneSigner: w('保存签名器', 'Save the signer'),
  doneSignerHow: w(
    '离线签名用的同一个页面，和单位文件放在一起。',
    'The same page for signing offline; keep it beside the unit file.',
  ),
  doneImport: w('导入登录证书', 'Import the log-in certificate'),
  importWindows: w('Windows（Edge、Chrome）', 'Windows (Edge, Chrome)'),
  importWindowsHow: w(
    '双击 .p12 文件 → “当前用户” → 输入口令 → 自动选择存储 → 完成。',
    'Double-click the .p12 → Current User → type the passphrase → let it choose the store → Finish.',
  ),
  importFirefox: w('Firefox', 'Firefox'),
  importFirefoxHow: w(
    '设置 → 隐私与安全 → 查看证书 → 您的证书 → 导入。根证书在“证书颁发机构”页导入。',
    'Settings → Privacy & Security → View Certificates → Your Certificates → Import. The root goes under Authorities.',
  ),
  importLinux: w('Chromium（麒麟、统信等 Linux）', 'Chromium on Linux'),
  importLinuxHow: w(
    '设置 → 隐私和安全 → 安全 → 管理证书 → 您的证书 → 导入。',
    'Settings → Privacy and security → Security → Manage certificates → Your certificates → Import.',
  ),
  doneOpen: w('打开办公桌', 'Open the desk'),
  doneOpenHow: w(
    '关闭所有浏览器窗口后重新打开，选择刚导入的证书。能看到“今日待办”，注册就成功了。',
    'Close all browser windows, open again and choose the certificate just imported. When you see what is to do today, you are enrolled.',
  ),
  doneForget: w(
    '全部办完，清除本机上的登录密钥',
    'All done: clear the log-in keys from this computer',
  ),
  doneForgetHow: w(
    '登录密钥已经在 .p12 文件里，本浏览器不必再留一份。',
    'They are in the .p12 files; this browser need not keep a copy.',
  ),
  doneForgotten: w('已清除。', 'Cleared.'),
  notOurs: w(
    '印匣给的证书与本机的密钥或核对过的根证书对不上，没有保存。请停止并告诉安全员。',
    'The certificates do not fit the keys made here or the root you compared; nothing was saved. Stop and tell the officer.',
  ),
} as const satisfies Record<string, Said>

export const sheet = {
  title: w('单位密语单', 'Unit secret sheet'),
  secret: w('单位密语', 'Unit secret'),
  keep: w(
    '密封入柜，由印章保管员保管。与口令不放在一处，不拍照，不录入其他电脑。',
    'Seal it and keep it in the safe with the keeper of the seal. Never beside the passphrase; no pictures, no copies on other computers.',
  ),
  use: w(
    '换电脑、清空浏览器或离线签名时，签名器会问一次。',
    'The signer asks for it once on another computer, after the browser was cleared, and offline.',
  ),
  madeOn: w('生成日期', 'Made on'),
  box: w('印匣', 'Box'),
  address: w('网址', 'Address'),
  rootPrint: w('根证书指纹', 'Fingerprint of the root'),
  request: w('申请指纹', 'Fingerprint of the request'),
  signature: w('保管人签字', "Keeper's signature"),
} as const satisfies Record<string, Said>
