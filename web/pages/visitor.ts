/** What a browser without a certificate of ours sees: how to enrol, in both languages, and nothing about anybody. Pure. */
import { html, type Html } from '../html.ts'
import type { View } from '../view.ts'

export function visitorPage({ box }: View): Html {
  const trial = box.mode === 'trial' && html` <span class="tag u2">试用 TRIAL</span>`
  return html`<h1>${box.districtName}公文交换平台${trial}</h1>
    <p class="sub" lang="en">Exchange of official documents</p>
    <section class="card">
      <h2>您的浏览器没有出示本平台签发的证书</h2>
      <div class="prose">
        <p>办理公文须持本单位的证书。首次使用请先注册：</p>
        <ol>
          <li>向安全员领取注册单，上面有一次性注册码和根证书指纹。</li>
          <li>
            在本单位的电脑上打开<a href="/signer.html#enrol">注册页面</a
            >，核对指纹，设置口令。密钥在本单位的浏览器里生成，不会离开本单位。
          </li>
          <li>安全员电话核对后批准，您保存证书文件（.p12），导入浏览器，再打开本页。</li>
        </ol>
        <p>
          证书已经导入仍见此页：请关闭浏览器后重新打开并选择证书；若已到期或被吊销，请联系安全员。
        </p>
        <p><a class="btn seal" href="/signer.html#enrol">注册本单位</a></p>
      </div>
    </section>
    <section class="card" lang="en">
      <h2>Your browser showed no certificate of this box</h2>
      <div class="prose">
        <p>Documents are handled with your unit’s certificate. To enrol:</p>
        <ol>
          <li>
            Get the enrolment sheet from the security officer: a one-time code and the root’s
            fingerprint.
          </li>
          <li>
            On your unit’s computer open the <a href="/signer.html#enrol">enrolment page</a>,
            compare the fingerprint, choose a passphrase. The keys are made in your browser and do
            not leave it.
          </li>
          <li>
            The officer compares by telephone and approves; you save the .p12 file, import it into
            the browser, and open this page again.
          </li>
        </ol>
        <p>
          If it is imported and you still see this page: close the browser, open it again and choose
          the certificate. If it expired or was revoked, ask the security officer.
        </p>
        <p><a class="btn seal" href="/signer.html#enrol">Enrol my unit</a></p>
      </div>
    </section>`
}
