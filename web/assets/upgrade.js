// Uploads an upgrade bundle in pieces, from where the last attempt stopped, and says how far it is.
// @ts-check
'use strict'
;(() => {
  const place = document.querySelector('[data-upgrade-upload]')
  const input = place?.querySelector('input[type=file]')
  const bar = place?.querySelector('progress')
  const state = place?.querySelector('[data-upgrade-state]')
  if (!(place instanceof HTMLElement) || !(input instanceof HTMLInputElement)) return
  if (!(bar instanceof HTMLProgressElement) || !(state instanceof HTMLElement)) return

  const isChinese = document.documentElement.lang !== 'en'
  /** @type {(zh: string, en: string) => string} */
  const w = (zh, en) => (isChinese ? zh : en)
  const pieceBytes = 4 * 1024 * 1024
  /** So long a connection may be gone before one must choose the file again. */
  const tries = 20
  const againMs = 3000

  /** @param {number} bytes */
  const mega = (bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MB`
  /** @param {string} words @param {boolean} [isWrong] */
  const say = (words, isWrong = false) => {
    state.textContent = words
    state.className = isWrong ? 'wrong' : 'hint'
  }

  // Pieces that are here would be lost to whoever leaves without knowing.
  let isBusy = false
  addEventListener('beforeunload', (event) => {
    if (isBusy) event.preventDefault()
  })

  /** @param {File} file */
  const upload = async (file) => {
    // Only a bundle of the same length is gone on with; if it is another one, its hashes tell.
    const isSame = Number(place.dataset['of']) === file.size
    let offset = isSame ? Number(place.dataset['received']) : 0
    if (!(offset < file.size)) offset = 0
    isBusy = true
    input.disabled = true
    bar.hidden = false
    bar.max = file.size
    try {
      while (offset < file.size) {
        bar.value = offset
        say(
          w(
            `已传 ${mega(offset)} / ${mega(file.size)}，请不要关闭本页。`,
            `${mega(offset)} of ${mega(file.size)} are here; leave this page open.`,
          ),
        )
        const piece = file.slice(offset, offset + pieceBytes)
        const refused = await send(piece, offset)
        if (refused === undefined) offset += piece.size
        else if (refused.code === 'UPGRADE_OFFSET' && refused.received !== offset)
          offset = refused.received
        else return say(refused.title, true)
      }
      isBusy = false
      location.reload()
    } catch {
      say(
        w(
          '连不上本机。已传的还在，重新选择同一个文件即可接着传。',
          'The box cannot be reached. What was sent is kept; choose the same file to go on.',
        ),
        true,
      )
    } finally {
      isBusy = false
      input.disabled = false
      input.value = ''
    }
  }

  /**
   * @param {Blob} piece
   * @param {number} offset
   * @returns {Promise<{ code: string, title: string, received: number } | undefined>} what was refused
   */
  async function send(piece, offset) {
    for (let left = tries; ; left -= 1) {
      try {
        const answer = await fetch(`/api/v1/upgrade/acts/append?offset=${offset}`, {
          method: 'POST',
          body: piece,
          headers: {
            'Content-Type': 'application/octet-stream',
            'Idempotency-Key': crypto.randomUUID(),
            'Accept-Language': isChinese ? 'zh' : 'en',
          },
        })
        return answer.ok ? undefined : await answer.json()
      } catch (error) {
        if (left === 0) throw error
        await new Promise((resolve) => setTimeout(resolve, againMs))
      }
    }
  }

  input.addEventListener('change', () => {
    const file = input.files?.[0]
    if (file !== undefined) void upload(file)
  })
})()
