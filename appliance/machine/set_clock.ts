/**
 * Sets the machine's clock and the one that runs while it is off. Root's one-shot may not (its unit has no capability for it); it leaves the
 * job for a unit that can do this alone. Node sets no clock: two functions of the C library, as for the service manager.
 */
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'

/** The time to set, and the monotonic clock when it was said, both in ms: what passes until it is set is added. */
export const clockJobSchema = z.strictObject({
  time: z.int().min(Date.UTC(2026)).max(Date.UTC(2100)),
  monotonic: z.number().min(0),
})
export type ClockJob = z.infer<typeof clockJobSchema>

/** Where the job waits, below `/run`. */
export const clockJob = (run: string): string => join(run, 'sealbox', 'clock.json')

/** What the clock has to show now. Pure. */
export function timeToSet({ time, monotonic }: ClockJob, monotonicNow: number): number {
  return time + Math.max(0, monotonicNow - monotonic)
}

/** Takes the job and does it. Throws what the kernel refuses. */
export async function setClock(path: string): Promise<Date> {
  const job = clockJobSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  rmSync(path)
  const { default: koffi } = await import('@koromix/koffi-linux-x64')
  const library = koffi.load('libc.so.6', { deep: false })
  const setTime = library.func('int clock_settime(int clock, void *time)')
  const control = library.func('int ioctl(int file, ulong request, void *argument)')
  const at = timeToSet(job, Number(process.hrtime.bigint() / 1000n) / 1000)
  if (setTime(realTime, timespec(at)) !== 0) throw new Error('the kernel does not set its clock')
  const file = openSync('/dev/rtc0', 'r')
  try {
    if (control(file, rtcSetTime, rtcTime(new Date(at))) !== 0) {
      throw new Error('the clock of the board is not set')
    }
  } finally {
    closeSync(file)
  }
  return new Date(at)
}

/** CLOCK_REALTIME (clock_settime(2)). */
const realTime = 0
/** RTC_SET_TIME of linux/rtc.h: `_IOW('p', 0x0a, struct rtc_time)`. */
const rtcSetTime = 0x4024700a

/** `struct timespec` on 64 bits. Pure. */
export function timespec(ms: number): Uint8Array {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  view.setBigInt64(0, BigInt(Math.floor(ms / 1000)), true)
  view.setBigInt64(8, BigInt(Math.floor((ms % 1000) * 1e6)), true)
  return bytes
}

/** `struct rtc_time`: nine ints as `struct tm`, in UTC (rtc(4)). Pure. */
export function rtcTime(at: Date): Uint8Array {
  const bytes = new Uint8Array(36)
  const view = new DataView(bytes.buffer)
  const fields = [
    ...[at.getUTCSeconds(), at.getUTCMinutes(), at.getUTCHours()],
    ...[at.getUTCDate(), at.getUTCMonth(), at.getUTCFullYear() - 1900],
  ]
  for (const [index, value] of fields.entries()) view.setInt32(index * 4, value, true)
  return bytes
}
