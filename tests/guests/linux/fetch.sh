#!/bin/bash
# Fetches what a Linux boot needs, for riscv64, with apt and without root: OpenSBI, a Debian kernel, a static busybox; builds an
# initramfs from the last. Everything lands in the folder "files" beside this script (or in the one that is named):
#
#   files/SUITE/fw_dynamic.bin, fw_jump.elf, ...   OpenSBI for the generic platform
#   files/SUITE/Image                              the kernel
#   files/SUITE/config                             its configuration
#   files/SUITE/initramfs.cpio.gz                  busybox, /init and /stress (see the files beside this script), virtio drivers
#
# usage: fetch.sh [--suite trixie|sid] [--into FOLDER] [--module NAME]... [--add FILE=PATH]...
#
#   --module NAME     another module of the kernel, loaded by /init after those of the platform's devices (kvm)
#   --add FILE=PATH   another file in the initramfs, with the rights that it has here
#
# The mirror is the one that this machine's apt is configured for; signatures are checked with the Debian archive's keys.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
suite=trixie
into=$here/files
modules=()
added=()
while [ $# -gt 0 ]; do
  case "$1" in
    --suite) suite=${2:?--suite needs a name}; shift 2 ;;
    --into) into=${2:?--into needs a folder}; shift 2 ;;
    --module) modules+=("${2:?--module needs a name}"); shift 2 ;;
    --add) added+=("${2:?--add needs FILE=PATH}"); shift 2 ;;
    *) echo "fetch.sh: '$1' is unknown; use --suite trixie|sid, --into FOLDER, --module NAME or --add FILE=PATH" >&2; exit 2 ;;
  esac
done

for item in "${added[@]}"; do
  if [ ! -r "${item%%=*}" ] || [ "${item#*=/}" = "$item" ]; then
    echo "fetch.sh: --add '$item': write FILE=PATH with a file that can be read and a path that begins with /" >&2
    exit 2
  fi
done

fail() { echo "fetch.sh: $1" >&2; exit 1; }
for tool in apt-get dpkg-deb gzip; do
  command -v "$tool" >/dev/null || fail "needs $tool, which is part of Debian and of what derives from it"
done

# The archive that serves component main of Debian itself: not its security updates, not somebody else's packages.
mirror=$(apt-get indextargets --format '$(REPO_URI) $(COMPONENT) $(LABEL)' 'Identifier: Packages' 2>/dev/null |
  awk '$2 == "main" && $3 == "Debian" && !found { print $1; found = 1 }') || mirror=
if [ -z "$mirror" ]; then
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    sed -nE 's/^deb +(\[[^]]*\] +)?([a-z+]+:[^ ]+\/debian\/?) .*/\2/p; s/^URIs: *([a-z+]+:[^ ]+\/debian\/?)( .*)?$/\1/p' | head -n 1) || mirror=
fi
[ -n "$mirror" ] || fail "this machine's apt knows no Debian mirror; add one to /etc/apt/sources.list"

keyring=
for candidate in /usr/share/keyrings/debian-archive-keyring.gpg /usr/share/keyrings/debian-archive-keyring.pgp; do
  [ -r "$candidate" ] && keyring=$candidate && break
done
[ -n "$keyring" ] || fail "the keys of the Debian archive are missing; install debian-archive-keyring"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{etc/preferences.d,etc/apt.conf.d,lists/partial,cache/archives/partial,packages,root}
touch "$work/status"
echo "deb [arch=riscv64 signed-by=$keyring] $mirror $suite main" >"$work/etc/sources.list"
cat >"$work/apt.conf" <<EOF
APT::Architecture "riscv64";
APT::Architectures { "riscv64"; };
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::Retries "3";
Dir::Etc::sourcelist "$work/etc/sources.list";
Dir::Etc::sourceparts "-";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "$work/etc/preferences.d";
Dir::State::lists "$work/lists";
Dir::State::status "$work/status";
Dir::Cache "$work/cache";
EOF
export APT_CONFIG=$work/apt.conf

echo "fetch.sh: package lists of $suite"
apt-get -qq update || fail "the package lists of $suite cannot be fetched; is the network there?"
kernel=$(apt-cache depends --no-recommends --no-suggests linux-image-riscv64 | sed -nE 's/^ *Depends: (linux-image-[0-9][^ ]*riscv64)$/\1/p' | head -n 1)
[ -n "$kernel" ] || fail "$suite has no linux-image-riscv64 that names a kernel"
base=$(apt-cache depends --no-recommends --no-suggests "$kernel" | sed -nE 's/^ *Depends: (linux-(base|binary|image|modules)-[0-9][^ ]*)$/\1/p' | sort -u)
wanted=(opensbi busybox-static "$kernel" $base)
echo "fetch.sh: ${wanted[*]}"
(cd "$work/packages" && apt-get -qq download "${wanted[@]}") || fail "a package cannot be downloaded"
for package in "$work"/packages/*.deb; do
  dpkg-deb -x "$package" "$work/root"
done

root=$work/root
image=$(find "$root" -type f \( -name 'vmlinux' -o -name 'vmlinux-*' -o -name 'vmlinuz' -o -name 'vmlinuz-*' \) | head -n 1)
[ -n "$image" ] || fail "the kernel package holds no kernel"
sbi=$root/usr/lib/riscv64-linux-gnu/opensbi/generic
[ -r "$sbi/fw_dynamic.bin" ] || sbi=$(dirname "$(find "$root" -name fw_dynamic.bin | head -n 1)")
[ -r "$sbi/fw_dynamic.bin" ] || fail "the opensbi package holds no fw_dynamic.bin"
busybox=$(find "$root" -path '*bin/busybox' -type f | head -n 1)
[ -n "$busybox" ] || fail "the busybox package holds no busybox"

out=$into/$suite
mkdir -p "$out"
cp "$sbi"/fw_*.bin "$sbi"/fw_*.elf "$out/"
config=$(find "$root" -type f \( -path '*/boot/config-*' -o -path '*/modules/*/config' \) | head -n 1)
[ -z "$config" ] || cp "$config" "$out/config"
case $(od -An -tx1 -N2 "$image" | tr -d ' ') in
  1f8b) gzip -dc "$image" >"$out/Image" ;;
  *) cp "$image" "$out/Image" ;;
esac

# What a kernel and a busybox for riscv64 look like: "RSC\x05" at 56 in an Image, machine 243 in an ELF file.
[ "$(od -An -tx1 -j56 -N4 "$out/Image" | tr -d ' ')" = 52534305 ] || fail "the kernel is not a RISC-V Image"
[ "$(od -An -tu2 -j18 -N2 "$busybox" | tr -d ' ')" = 243 ] || fail "busybox is not a RISC-V program"

# An archive in the kernel's own words ("newc" cpio): written here, because devices need no root that way and no tool.
archive=$work/initramfs.cpio
inode=0
: >"$archive"
pad() {
  local size=$(($(stat -c %s "$archive") % 4))
  [ "$size" -eq 0 ] || head -c $((4 - size)) /dev/zero >>"$archive"
}
member() { # name, mode (octal), file with the content or "", device major, minor
  local size=0
  [ -z "$3" ] || size=$(stat -c %s "$3")
  inode=$((inode + 1))
  printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s\0' \
    "$inode" $((8#$2)) 0 0 1 0 "$size" 0 0 "${4:-0}" "${5:-0}" $((${#1} + 1)) 0 "$1" >>"$archive"
  pad
  [ -z "$3" ] || { cat "$3" >>"$archive"; pad; }
}
for folder in bin dev proc sys tmp root modules etc; do
  member "$folder" 40755 ""
done
member dev/console 20600 "" 5 1
member dev/null 20666 "" 1 3
member bin/busybox 100755 "$busybox"
member init 100755 "$here/init"
member stress 100755 "$here/stress"
for item in "${added[@]}"; do
  member "${item#*=/}" "100$(stat -c %a "${item%%=*}")" "${item%%=*}"
done

# Drivers of the platform's devices, in an order that their dependencies allow.
: >"$work/order"
for module in virtio virtio_ring virtio_mmio virtio_blk failover net_failover virtio_net virtio_console rng-core virtio-rng "${modules[@]}"; do
  file=$(find "$root" -name "$module.ko*" | head -n 1)
  if [ -z "$file" ]; then
    # What is not a module is built in, or not there; of those that were asked for by name somebody wants to know.
    case " ${modules[*]} " in *" $module "*) fail "$kernel has no module '$module'" ;; *) continue ;; esac
  fi
  case "$file" in
    *.xz) xz -dc "$file" >"$work/$module.ko" ;;
    *.zst) zstd -qdc "$file" >"$work/$module.ko" ;;
    *) cp "$file" "$work/$module.ko" ;;
  esac
  member "modules/$module.ko" 100644 "$work/$module.ko"
  echo "$module.ko" >>"$work/order"
done
member modules/order 100644 "$work/order"
inode=-1
member 'TRAILER!!!' 0 ""
gzip -9n <"$archive" >"$out/initramfs.cpio.gz"
echo "$kernel" >"$out/kernel-package"
echo "fetch.sh: $out is ready ($kernel)"
