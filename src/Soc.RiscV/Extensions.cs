namespace Soc.RiscV;

/// <summary>
/// What a hart has beyond RV64IMAC with Zicsr, Zifencei and Zicntr, modes M, S and U, Sv39 and 16 PMP entries. Names are those
/// of ISA strings; instructions and CSRs of an extension that a hart lacks are illegal there.
/// </summary>
[Flags]
public enum Extensions : ulong
{
    /// <summary>The base alone.</summary>
    None = 0,

    /// <summary>Single-precision floating point; the floating-point CSRs and mstatus.FS.</summary>
    F = 1UL << 0,

    /// <summary>Double-precision floating point, with the compressed loads and stores (Zcd). Needs <see cref="F"/>.</summary>
    D = 1UL << 1,

    /// <summary>Address generation.</summary>
    Zba = 1UL << 2,

    /// <summary>Basic bit manipulation.</summary>
    Zbb = 1UL << 3,

    /// <summary>Carry-less multiplication.</summary>
    Zbc = 1UL << 4,

    /// <summary>Single-bit instructions.</summary>
    Zbs = 1UL << 5,

    /// <summary>Conditional zeroing.</summary>
    Zicond = 1UL << 6,

    /// <summary>Cache-block management, blocks of 64 bytes; menvcfg and senvcfg have CBIE and CBCFE.</summary>
    Zicbom = 1UL << 7,

    /// <summary>Cache-block zeroing, blocks of 64 bytes; menvcfg and senvcfg have CBZE.</summary>
    Zicboz = 1UL << 8,

    /// <summary>Cache-block prefetches, which are hints.</summary>
    Zicbop = 1UL << 9,

    /// <summary>Waiting on a reservation set.</summary>
    Zawrs = 1UL << 10,

    /// <summary>May-be-operations.</summary>
    Zimop = 1UL << 11,

    /// <summary>Compressed may-be-operations.</summary>
    Zcmop = 1UL << 12,

    /// <summary>The hardware performance counters, which are zero.</summary>
    Zihpm = 1UL << 13,

    /// <summary>stimecmp, menvcfg.STCE.</summary>
    Sstc = 1UL << 14,

    /// <summary>Fine-grained invalidation of address translations.</summary>
    Svinval = 1UL << 15,

    /// <summary>Page-table entries of 64 KiB.</summary>
    Svnapot = 1UL << 16,

    /// <summary>Memory types in page-table entries; menvcfg.PBMTE.</summary>
    Svpbmt = 1UL << 17,

    /// <summary>Page walks set A and D bits while menvcfg.ADUE is set.</summary>
    Svadu = 1UL << 18,

    /// <summary>A clear A or D bit is a page fault; with <see cref="Svadu"/>, the state after reset.</summary>
    Svade = 1UL << 19,

    /// <summary>Four levels of page tables.</summary>
    Sv48 = 1UL << 20,

    /// <summary>Five levels of page tables. Needs <see cref="Sv48"/>.</summary>
    Sv57 = 1UL << 21,

    /// <summary>mseccfg and its rules for PMP.</summary>
    Smepmp = 1UL << 22,

    /// <summary>mstateen and sstateen registers.</summary>
    Smstateen = 1UL << 23,

    /// <summary>scountovf and the local counter-overflow interrupt; no counter ever overflows.</summary>
    Sscofpmf = 1UL << 24,

    /// <summary>The CSRs of the Advanced Interrupt Architecture for M-mode: miselect, mireg, mtopi, and mtopei if the hart has an interrupt file.</summary>
    Smaia = 1UL << 25,

    /// <summary>The CSRs of the Advanced Interrupt Architecture for S-mode: siselect, sireg, stopi, and stopei if the hart has an interrupt file.</summary>
    Ssaia = 1UL << 26,

    /// <summary>Bit manipulation for cryptography: parts of <see cref="Zbb"/>, and packing.</summary>
    Zbkb = 1UL << 27,

    /// <summary>Carry-less multiplication for cryptography: <see cref="Zbc"/> without the reversed product.</summary>
    Zbkc = 1UL << 28,

    /// <summary>Crossbar permutations.</summary>
    Zbkx = 1UL << 29,

    /// <summary>Half-precision floating point. Needs <see cref="F"/>.</summary>
    Zfh = 1UL << 30,

    /// <summary>Of <see cref="Zfh"/> the loads, stores, moves and conversions between formats. Needs <see cref="F"/>.</summary>
    Zfhmin = 1UL << 31,

    /// <summary>The hypervisor extension: modes VS and VU, two stages of translation; guest external interrupts are those that a hypervisor injects (GEILEN = 0).</summary>
    H = 1UL << 32,

    /// <summary>Everything that this version can do.</summary>
    All = (1UL << 33) - 1,
}
