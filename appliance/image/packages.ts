/**
 * Which Debian packages go into the image. What each one needs is found by apt when the lock is written (`lock.ts`); what is listed as left out
 * does not come along, whoever asks for it: those are for installing packages, for logging in, or for other ways of starting.
 */

/** Unpacked into the root tree. A row says what needs it. */
export const rootPackages: Readonly<Record<string, string>> = {
  systemd: 'the first process, units, journal, network',
  udev: 'devices',
  kmod: 'kernel modules',
  mount: 'systemd mounts by /bin/mount',
  nftables: 'the packet filter',
  e2fsprogs: 'the data partition: ext4',
  'cryptsetup-bin': 'the data partition: LUKS2',
  'tpm2-tools': 'the data partition: its key in the TPM, the counter against downgrade',
  'libtss2-tcti-device0': 'how tpm2-tools reach a TPM',
  chrony: 'time from local servers',
  'clamav-daemon': 'the virus check',
  clamav: 'sigtool and clamscan, which check new signatures',
  tzdata: 'zones, leap seconds',
  'libstdc++6': 'Node',
  'linux-image-6.1.0-56-amd64':
    'the kernel; its boot image and the modules of modules.ts are taken',
}

/** Unpacked beside it: parts of the boot chain. */
export const bootPackages: Readonly<Record<string, string>> = {
  'busybox-static': 'the initramfs: what its one script calls',
  'systemd-boot-efi':
    'the boot loader, and the stub that makes kernel, initramfs and command line one file',
}

/** Never in the image. */
export const leftOut: readonly string[] = [
  // Shells, package management and what only their scripts need.
  ...[
    'adduser',
    'bash',
    'coreutils',
    'cpio',
    'dash',
    'debconf',
    'dpkg',
    'findutils',
    'grep',
    'gzip',
  ],
  ...['hostname', 'init-system-helpers', 'libc-bin', 'libdebconfclient0', 'libfile-find-rule-perl'],
  ...[
    'libgdbm-compat4',
    'libgdbm6',
    'libdb5.3',
    'libnumber-compare-perl',
    'libperl5.36',
    'libtext-glob-perl',
  ],
  ...[
    'login',
    'mawk',
    'passwd',
    'perl',
    'perl-base',
    'perl-modules-5.36',
    'procps',
    'libproc2-0',
    'sed',
  ],
  ...[
    'sensible-utils',
    'sysvinit-utils',
    'tar',
    'ucf',
    'usrmerge',
    'base-files',
    'base-passwd',
    'diffutils',
  ],
  ...[
    'ncurses-base',
    'ncurses-bin',
    'debianutils',
    'lsb-base',
    'libsemanage-common',
    'libsemanage2',
    'libsepol2',
  ],
  // Logging in.
  ...[
    'libpam-modules',
    'libpam-modules-bin',
    'libpam-runtime',
    'libaudit-common',
    'libnss-systemd',
    'libpam-systemd',
  ],
  // What the product does otherwise, or not at all.
  ...[
    'clamav-freshclam',
    'cron',
    'cron-daemon-common',
    'dbus',
    'initramfs-tools',
    'initramfs-tools-core',
  ],
  ...[
    'iproute2',
    'klibc-utils',
    'libklibc',
    'libbpf1',
    'libelf1',
    'libtirpc3',
    'libtirpc-common',
    'libcap2-bin',
  ],
  ...[
    'linux-base',
    'logrotate',
    'logsave',
    'openssl',
    'ca-certificates',
    'tpm-udev',
    'apparmor',
    'libncursesw6',
  ],
  ...[
    'libtss2-tcti-cmd0',
    'libtss2-tcti-mssim0',
    'libtss2-tcti-swtpm0',
    'netbase',
    'libsasl2-modules-db',
  ],
]
