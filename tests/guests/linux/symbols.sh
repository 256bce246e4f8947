#!/usr/bin/env bash
# Writes the System.map of a fetched kernel, which Debian's kernel package lacks: boots it once and asks it (/proc/kallsyms).
# Then "soc run topologies/linux-virt.yaml --symbols tests/guests/linux/files/trixie/System.map" names the kernel's functions in every
# report. The kernel must not move itself about: it does not, without a seed in its device tree.
#
# usage: symbols.sh [--suite trixie|sid] [--soc FILE]
#
#   --soc FILE   the built command (default: builds src/Soc.Cli in Release)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
suite=trixie
soc=
while [ $# -gt 0 ]; do
  case "$1" in
    --suite) suite=${2:?--suite needs a name}; shift 2 ;;
    --soc) soc=${2:?--soc needs a file}; shift 2 ;;
    *) echo "symbols.sh: '$1' is unknown; use --suite trixie|sid or --soc FILE" >&2; exit 2 ;;
  esac
done

files=$here/files/$suite
[ -r "$files/Image" ] || { echo "symbols.sh: there is no guest; run $here/fetch.sh --suite $suite" >&2; exit 2; }
if [ -z "$soc" ]; then
  dotnet build -c Release "$root/src/Soc.Cli" -v q >&2
  soc=$(find "$root/src/Soc.Cli/bin/Release" -name soc -type f | head -n 1)
fi

"$soc" run "$root/topologies/linux-virt.yaml" --no-trace --bios "$files/fw_dynamic.bin" --kernel "$files/Image" --initrd "$files/initramfs.cpio.gz" \
  --append "console=ttyS0 quiet soc.run=symbols" </dev/null |
  tr -d '\r' | grep -E '^[0-9a-f]{16} [a-zA-Z] [^[:space:]]+$' | LC_ALL=C sort >"$files/System.map.new"
grep -q ' T _start$\| T _text$\| T _stext$' "$files/System.map.new" || { rm -f "$files/System.map.new"; echo "symbols.sh: the kernel did not tell" >&2; exit 1; }
mv "$files/System.map.new" "$files/System.map"
echo "symbols.sh: $files/System.map has $(wc -l <"$files/System.map") symbols"
