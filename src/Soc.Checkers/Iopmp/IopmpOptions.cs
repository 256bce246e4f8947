using System.Numerics;

namespace Soc.Checkers.Iopmp;

/// <summary>
/// The parameters of an IOPMP instance, what a hardware designer would choose (iopmp.md section 2.2). The defaults are
/// those of the base instance of the conformance table (section 18.1).
/// </summary>
public sealed record IopmpOptions
{
    /// <summary>Name from the topology.</summary>
    public string Name { get; init; } = "iopmp";

    /// <summary>Dense number of the owning agent in the SoC.</summary>
    public int AgentId { get; init; }

    /// <summary>VERSION.vendor, 24 bits.</summary>
    public uint Vendor { get; init; }

    /// <summary>VERSION.specver, 8 bits.</summary>
    public uint SpecificationVersion { get; init; } = 0x28;

    /// <summary>IMPLEMENTATION.impid.</summary>
    public uint Implementation { get; init; }

    /// <summary>The checker is on from reset and cannot be off.</summary>
    public bool EnableFixed { get; init; }

    /// <summary>no_err_rec: violations leave no record but ERR_INFO.v.</summary>
    public bool NoErrorRecord { get; init; }

    /// <summary>md_num: memory domains, 1..63.</summary>
    public int DomainCount { get; init; } = 8;

    /// <summary>rrid_num: request role ids, 1..65535.</summary>
    public int RequesterCount { get; init; } = 8;

    /// <summary>entry_num: entries, 1..65535.</summary>
    public int EntryCount { get; init; } = 16;

    /// <summary>ENTRYOFFSET: byte offset of the entry array from the register base; may be negative.</summary>
    public int EntryOffset { get; init; } = 0x2000;

    /// <summary>addrh_en: the high address registers exist.</summary>
    public bool HighAddresses { get; init; }

    /// <summary>tor_en: the mode TOR may be selected.</summary>
    public bool TopOfRange { get; init; } = true;

    /// <summary>Smallest region, bytes: a power of two, at least 4.</summary>
    public ulong Granularity { get; init; } = 4;

    /// <summary>srcmd_fmt: 0 baseline, 1 exclusive, 2 by memory domain.</summary>
    public int SourceFormat { get; init; }

    /// <summary>mdcfg_fmt: 0 table, 1 fixed k, 2 programmable k.</summary>
    public int DomainFormat { get; init; }

    /// <summary>md_entry_num: k - 1 for mdcfg_fmt 1 and 2, 0..127.</summary>
    public int EntriesPerDomainMinusOne { get; init; }

    /// <summary>non_prio_en: entries from <see cref="PriorityEntries"/> on have no priority.</summary>
    public bool NonPriority { get; init; }

    /// <summary>prio_entry: number of priority entries.</summary>
    public int PriorityEntries { get; init; }

    /// <summary>prio_ent_prog: prio_entry is programmable.</summary>
    public bool PriorityProgrammable { get; init; }

    /// <summary>msi_en: message-signalled interrupts.</summary>
    public bool MessageInterrupts { get; init; }

    /// <summary>peis: entries can suppress interrupts.</summary>
    public bool EntryInterruptSuppression { get; init; }

    /// <summary>pees: entries can suppress bus errors.</summary>
    public bool EntryErrorSuppression { get; init; }

    /// <summary>sps_en: secondary permission setting.</summary>
    public bool SecondaryPermissions { get; init; }

    /// <summary>stall_en: transactions can be stalled.</summary>
    public bool Stall { get; init; }

    /// <summary>mfr_en: multi-fault record.</summary>
    public bool MultiFaultRecord { get; init; }

    /// <summary>xinr: a fetch counts as a read.</summary>
    public bool FetchIsRead { get; init; }

    /// <summary>no_x: all fetches are refused.</summary>
    public bool NoFetch { get; init; }

    /// <summary>no_w: all writes are refused.</summary>
    public bool NoWrite { get; init; }

    /// <summary>rrid_transl_en: permitted transactions leave with another RRID.</summary>
    public bool TranslateRequester { get; init; }

    /// <summary>rrid_transl_prog: that RRID is programmable.</summary>
    public bool TranslationProgrammable { get; init; }

    /// <summary>rrid_transl: the RRID with which permitted transactions leave.</summary>
    public int TranslatedRequester { get; init; }

    /// <summary>imp_mdlck: MDLCK is implemented.</summary>
    public bool DomainLock { get; init; } = true;

    /// <summary>imp_eid: ERR_REQID.eid is implemented.</summary>
    public bool RecordEntry { get; init; } = true;

    /// <summary>imp_rridscp: RRIDSCP is implemented.</summary>
    public bool StallByRequester { get; init; }

    /// <summary>RRIDs that RRIDSCP cannot select.</summary>
    public IReadOnlyCollection<int> UnselectableRequesters { get; init; } = [];

    /// <summary>How many stalled transactions can be parked.</summary>
    public int StallBufferDepth { get; init; }

    /// <summary>err_rdata: what a read or fetch returns whose error is suppressed.</summary>
    public ulong ErrorReadData { get; init; }

    /// <summary>Reset value of MDLCK, when implemented.</summary>
    public uint DomainLockReset { get; init; }

    /// <summary>Reset value of MDLCKH, when implemented.</summary>
    public uint DomainLockHighReset { get; init; }

    /// <summary>Reset value of MDCFGLCK.</summary>
    public uint DomainTableLockReset { get; init; }

    /// <summary>Reset value of ENTRYLCK.</summary>
    public uint EntryLockReset { get; init; }

    /// <summary>RRIDs whose SRCMD registers are locked from reset.</summary>
    public IReadOnlyCollection<int> LockedRequesters { get; init; } = [];

    /// <summary>RRID of transactions without attributes.</summary>
    public int UnspecifiedRequester { get; init; }

    /// <summary>Whether an RRID is the transaction's world id instead of its requester id.</summary>
    public bool RequesterIsWorld { get; init; }

    /// <summary>First offset after the registers that lie above the base, entry array left out.</summary>
    internal long TableEnd => 0x1000 + (32L * (SourceFormat == 0 ? RequesterCount : SourceFormat == 2 ? DomainCount : 0));

    /// <summary>Refuses what section 2.2 calls illegal combinations.</summary>
    /// <exception cref="CheckerConfigurationException">Names the parameter and what would be right.</exception>
    public void Validate()
    {
        Require(DomainCount is >= 1 and <= 63, $"md_num is {DomainCount}; it must be 1 to 63");
        Require(RequesterCount is >= 1 and <= 65535, $"rrid_num is {RequesterCount}; it must be 1 to 65535");
        Require(EntryCount is >= 1 and <= 65535, $"entry_num is {EntryCount}; it must be 1 to 65535");
        Require(SourceFormat is >= 0 and <= 2, $"srcmd_fmt is {SourceFormat}; it must be 0, 1 or 2");
        Require(DomainFormat is >= 0 and <= 2, $"mdcfg_fmt is {DomainFormat}; it must be 0, 1 or 2");
        Require(EntriesPerDomainMinusOne is >= 0 and <= 127, $"md_entry_num is {EntriesPerDomainMinusOne}; it must be 0 to 127");
        Require(PriorityEntries is >= 0 and <= 65535, $"prio_entry is {PriorityEntries}; it must be 0 to 65535");
        Require(TranslatedRequester is >= 0 and <= 65535, $"rrid_transl is {TranslatedRequester}; it must be 0 to 65535");
        Require(Granularity >= 4 && BitOperations.IsPow2(Granularity), $"the granularity is {Granularity}; it must be a power of two, at least 4");
        Require(!SecondaryPermissions || SourceFormat == 0, "sps_en needs srcmd_fmt 0");
        Require(!MultiFaultRecord || !NoErrorRecord, "mfr_en and no_err_rec exclude each other");
        Require(!RecordEntry || !NoErrorRecord, "imp_eid and no_err_rec exclude each other");
        Require(!FetchIsRead || !NoFetch, "xinr and no_x exclude each other");
        Require(DomainFormat != 0 || EntriesPerDomainMinusOne == 0, "md_entry_num must be 0 with mdcfg_fmt 0");
        Require(SourceFormat != 1 || RequesterCount == DomainCount, $"srcmd_fmt 1 needs rrid_num = md_num, not {RequesterCount} and {DomainCount}");
        Require(SourceFormat != 2 || RequesterCount <= 32, $"srcmd_fmt 2 allows at most 32 RRIDs, not {RequesterCount}");
        Require(Stall || !StallByRequester, "imp_rridscp needs stall_en");
        Require(StallBufferDepth >= 0 && (Stall || StallBufferDepth == 0), "a parking buffer needs stall_en");
        Require(EntryOffset % 4 == 0, $"ENTRYOFFSET is 0x{EntryOffset:x}; it must be a multiple of 4");
        Require(
            EntryOffset >= TableEnd || EntryOffset + (16L * EntryCount) <= 0,
            $"ENTRYOFFSET is 0x{EntryOffset:x}, where the entry array overlaps the other registers; it must be at least 0x{TableEnd:x}, or at most -0x{16L * EntryCount:x}");
    }

    private void Require(bool condition, string complaint)
    {
        if (!condition)
        {
            throw new CheckerConfigurationException($"IOPMP '{Name}': {complaint}");
        }
    }
}
