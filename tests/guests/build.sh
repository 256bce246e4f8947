#!/bin/sh
# Builds every guest into bin/. The result is committed: nobody needs the cross compiler to run them.
#
#   build.sh           rebuild bin/*.elf and bin/compiler.txt
#   build.sh --check   rebuild into a temporary folder and compare with bin/; exit 1 when they differ
#
# Debian packages: gcc-riscv64-unknown-elf binutils-riscv64-unknown-elf
#
# Two compilers of different versions give different code. --check therefore compares only when the compiler is the one named in
# bin/compiler.txt. With another one it compiles everything (so that a broken source is still found) and exits 3,
# or 0 when GUESTS_ALLOW_OTHER_COMPILER=1.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cc=${GUESTS_CC:-riscv64-unknown-elf-gcc}
objcopy=${GUESTS_OBJCOPY:-${cc%gcc}objcopy}

case "${1:-}" in
"") check=0 ;;
--check) check=1 ;;
*) echo "usage: build.sh [--check]" >&2; exit 2 ;;
esac

if ! command -v "$cc" > /dev/null; then
    echo "build.sh: $cc is not installed (Debian: apt install gcc-riscv64-unknown-elf binutils-riscv64-unknown-elf)" >&2
    exit 2
fi

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cd "$here"

flags="-march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany -std=gnu11 -O2 -Wall -Wextra -Werror
    -ffreestanding -fno-pic -fno-common -fno-stack-protector -fno-asynchronous-unwind-tables -fno-ident
    -fno-tree-loop-distribute-patterns -msmall-data-limit=0 -nostdlib -nostartfiles -static -Icommon
    -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments -T common/guest.ld"

# guest NAME SOURCES... [-DOPTION...]
guest()
{
    name=$1
    shift
    # shellcheck disable=SC2086
    "$cc" $flags -o "$out/$name.elf" common/start.S common/runtime.c "$@"
    "$objcopy" --strip-debug "$out/$name.elf"
    size=$(wc -c < "$out/$name.elf")
    if [ "$size" -gt 100000 ]; then
        echo "build.sh: $name.elf has $size bytes, more than 100000" >&2
        exit 1
    fi
}

# Guests beside somebody else's operating system lie where that does not look.
# shellcheck disable=SC2086
"$cc" ${flags% -T common/guest.ld} -T intruder/intruder.ld -o "$out/intruder.elf" intruder/intruder.S
"$objcopy" --strip-debug "$out/intruder.elf"

guest hello hello/hello.c
guest bench-mixed bench/bench-mixed.c
guest memory-bound bench/memory-bound.c
guest wfi-idle bench/wfi-idle.c
guest events sanitizer/paging.c bench/events.c
guest missing-fence fences/missing-fence.c -DHARTS=2 -DREMOTE_FENCE=0
guest remote-fence fences/missing-fence.c -DHARTS=2 -DREMOTE_FENCE=1
guest rounds bench/rounds.c -DHARTS=64

guest strategies strategies/strategies.c
guest study-alternating strategies/strategies.c -DSTUDY=1
guest study-mmio strategies/strategies.c -DSTUDY=2
guest study-invalidations strategies/strategies.c -DSTUDY=3
guest study-granule strategies/strategies.c -DSTUDY=4
guest study-window strategies/window.c -DHARTS=2

guest hypervisor hypervisor/switch.S hypervisor/machine.c hypervisor/hypervisor.c -Ihypervisor

worlds="worlds/world.S worlds/world.c worlds/policy.c worlds/control.c worlds/dma.c worlds/sha256.c"
# shellcheck disable=SC2086
{
    guest quad-worlds $worlds worlds/worlds.c -DHARTS=4 -DWORLDS=4 -DGUEST_NAME='"quad-worlds"'
    guest octa-worlds $worlds worlds/worlds.c -DHARTS=8 -DWORLDS=8 -DGUEST_NAME='"octa-worlds"'
    guest many-harts $worlds worlds/many-harts.c -DHARTS=64 -DWORLDS=4
}

guest firmware-policy worlds/domain.S worlds/firmware-policy.c checkers/checkers.c
guest firmware-policy-plain worlds/domain.S worlds/firmware-policy.c checkers/checkers.c -DPLAIN

for bug in no-local-fence no-remote-shootdown wrong-address fence-before-store pointer-fence asid-reuse pmp-no-fence no-fence-i checker-handover
do
    guest "sanitizer-$bug" sanitizer/paging.c "sanitizer/$bug.c" -DHARTS=2
    guest "sanitizer-$bug-fixed" sanitizer/paging.c "sanitizer/$bug.c" -DHARTS=2 -DFIXED
done

for name in worldguard-virt iopmp-dma an505-mpc tzc400 rme-gpc
do
    guest "$name" checkers/checkers.c "checkers/$name.c"
done
guest memory-bound-gpc bench/memory-bound-gpc.c checkers/checkers.c -DGPT_ROOT=0x82000000
guest checker-stress checkers/checkers.c checkers/checker-stress.c -DHARTS=4
guest checker-stress-short checkers/checkers.c checkers/checker-stress.c -DHARTS=4 -DROUNDS=100
guest arm-filters checkers/checkers.c checkers/arm-filters.c -DHARTS=5
guest random-rules checkers/checkers.c checkers/random-rules.c -DHARTS=5
guest all-checkers checkers/checkers.c checkers/all-checkers.c -DHARTS=2

iommu="iommu/iommu.c iommu/unmap.c"
# shellcheck disable=SC2086
{
    guest iommu-features iommu/iommu.c iommu/features.c
    guest iommu-devices iommu/iommu.c iommu/devices.c
    guest iommu-disk iommu/iommu.c iommu/disk.c
    guest iommu-disk-no-iotinval iommu/iommu.c iommu/disk.c -DBUG=1
    guest iommu-strict $iommu -DHARTS=2
    guest iommu-deferred $iommu -DHARTS=2 -DDEFERRED
    guest iommu-ats $iommu -DHARTS=2 -DATS
    guest iommu-ats-deferred $iommu -DHARTS=2 -DATS -DDEFERRED
    guest iommu-no-iotinval $iommu -DHARTS=2 -DBUG=1
    guest iommu-no-iofence $iommu -DHARTS=2 -DBUG=2
    guest iommu-fence-too-early $iommu -DHARTS=2 -DBUG=3
    guest iommu-no-ats-inval $iommu -DHARTS=2 -DATS -DBUG=4
}

"$cc" --version | head -n 1 > "$out/compiler.txt"

if [ "$check" = 0 ]; then
    mkdir -p bin
    rm -f bin/*.elf
    cp "$out"/*.elf "$out/compiler.txt" bin/
    exit 0
fi

if ! cmp -s "$out/compiler.txt" bin/compiler.txt; then
    echo "build.sh: the guests in bin were built with '$(cat bin/compiler.txt)', this is '$(cat "$out/compiler.txt")':" \
        "everything compiles, but the files cannot be compared" >&2
    [ "${GUESTS_ALLOW_OTHER_COMPILER:-0}" = 1 ] && exit 0
    exit 3
fi

result=0
for file in "$out"/*.elf; do
    name=$(basename "$file")
    cmp -s "$file" "bin/$name" || { echo "build.sh: bin/$name does not match its source: run tests/guests/build.sh and commit" >&2; result=1; }
done
for file in bin/*.elf; do
    [ -e "$out/$(basename "$file")" ] || { echo "build.sh: $file has no source in build.sh" >&2; result=1; }
done
[ "$result" = 0 ] && echo "build.sh: $(ls bin/*.elf | wc -l) guests match their sources"
exit "$result"
