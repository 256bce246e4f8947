using Soc.Checkers.Declaration;
using Soc.Memory;

namespace Soc.Checkers.Iopmp;

/// <summary>The IOPMP in topologies (iopmp.md section 2.2).</summary>
public sealed class IopmpDeclaration : CheckerDeclaration
{
    private const ulong PageMask = 4095;
    private const string FromWorld = "world";

    /// <inheritdoc/>
    public override string Word => "iopmp";

    /// <inheritdoc/>
    public override string Description => "RISC-V IOPMP: memory domains of entries say what each request role id may do.";

    /// <inheritdoc/>
    public override CheckerPlacements Placements => CheckerPlacements.Targets | CheckerPlacements.Initiators;

    /// <inheritdoc/>
    public override ulong LargestPort => IopmpPort.LargestSize;

    /// <inheritdoc/>
    public override IReadOnlyList<CheckerOption> Options { get; } =
    [
        Integer("vendor", "vendor", "VERSION.vendor.", 0, 0xFF_FFFF, 0),
        Integer("specification-version", "specver", "VERSION.specver; default 0x28.", 0, 0xFF, 0x28),
        Integer("implementation", "impid", "IMPLEMENTATION.impid.", 0, uint.MaxValue, 0),
        Flag("enable-fixed", "enable", "On from reset, and cannot be switched off."),
        Flag("no-error-record", "no_err_rec", "Violations leave no record but ERR_INFO.v."),
        Integer("domains", "md_num", "Memory domains; default 8.", 1, 63, 8),
        Integer("requesters", "rrid_num", "Request role ids; default 8.", 1, 65535, 8),
        Integer("entries", "entry_num", "Entries; default 16.", 1, 65535, 16),
        new("entry-offset", CheckerOptionType.Offset, "Offset of the entry array from the base, bytes; may be negative; default 0x2000.") { Specification = "ENTRYOFFSET", Default = 0x2000 },
        Flag("high-addresses", "addrh_en", "The high address registers exist."),
        Flag("top-of-range", "tor_en", "The mode TOR may be selected; default true.", true),
        CheckerOption.Size("granularity", "Smallest region, bytes: a power of two, at least 4; default 4.", 4) with { Specification = "granularity" },
        Integer("source-format", "srcmd_fmt", "0 a table of domains per RRID (default), 1 each RRID its domain, 2 permissions by domain.", 0, 2, 0),
        Integer("domain-format", "mdcfg_fmt", "0 a table of entries per domain (default), 1 a fixed number, 2 a programmable number.", 0, 2, 0),
        Integer("entries-per-domain", "md_entry_num", "Entries of each domain for domain-format 1 and 2; default 1.", 1, 128, 1),
        Flag("non-priority", "non_prio_en", "Entries from priority-entries on have no priority."),
        Integer("priority-entries", "prio_entry", "Number of priority entries.", 0, 65535, 0),
        Flag("priority-programmable", "prio_ent_prog", "The number of priority entries is programmable."),
        Flag("message-interrupts", "msi_en", "Message-signalled interrupts."),
        Flag("entry-interrupt-suppression", "peis", "Entries can suppress interrupts."),
        Flag("entry-error-suppression", "pees", "Entries can suppress bus errors."),
        Flag("secondary-permissions", "sps_en", "Secondary permission setting; needs source-format 0."),
        Flag("stall", "stall_en", "Transactions can be stalled."),
        Flag("multi-fault-record", "mfr_en", "Multi-fault record."),
        Flag("fetch-is-read", "xinr", "A fetch counts as a read."),
        Flag("no-fetch", "no_x", "All fetches are refused."),
        Flag("no-write", "no_w", "All writes are refused."),
        Flag("translate-requester", "rrid_transl_en", "Permitted transactions leave with another RRID."),
        Flag("translation-programmable", "rrid_transl_prog", "That RRID is programmable."),
        Integer("translated-requester", "rrid_transl", "The RRID with which permitted transactions leave.", 0, 65535, 0),
        Flag("domain-lock", "imp_mdlck", "MDLCK is implemented; default true.", true),
        Flag("record-entry", "imp_eid", "ERR_REQID.eid is implemented; default true, unless there is no error record.", true),
        Flag("stall-by-requester", "imp_rridscp", "RRIDSCP is implemented; needs stall."),
        CheckerOption.Numbers("unselectable-requesters", "RRIDs that RRIDSCP cannot select.", 65535),
        Integer("stall-buffer", "parking buffer", "How many stalled transactions can be parked; needs stall.", 0, 65535, 0),
        new("error-read-data", CheckerOptionType.Integer, "What a read returns whose error is suppressed.") { Maximum = ulong.MaxValue },
        Integer("domain-lock-reset", "", "MDLCK after reset.", 0, uint.MaxValue, 0),
        Integer("domain-lock-high-reset", "", "MDLCKH after reset.", 0, uint.MaxValue, 0),
        Integer("domain-table-lock-reset", "", "MDCFGLCK after reset.", 0, uint.MaxValue, 0),
        Integer("entry-lock-reset", "", "ENTRYLCK after reset.", 0, uint.MaxValue, 0),
        CheckerOption.Numbers("locked-requesters", "RRIDs whose SRCMD registers are locked from reset.", 65535),
        Integer("unspecified-requester", "", "RRID of transactions without attributes.", 0, 65535, 0),
        CheckerOption.Word("requester-from", "What an RRID is: the initiator's 'rrid' (default), or the transaction's world.", "rrid", FromWorld),
    ];

    /// <inheritdoc/>
    public override RegisterBlock BlockOf(CheckerSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        IopmpOptions options = OptionsOf(setup.Name, setup.AgentId, setup.Settings);
        long first = Math.Min(0, options.EntryOffset) & ~(long)PageMask;
        long end = Math.Max(options.TableEnd, options.EntryOffset + (16L * options.EntryCount));
        return new RegisterBlock(first, ((ulong)(end - first) + PageMask) & ~PageMask);
    }

    /// <inheritdoc/>
    public override Checker Create(CheckerSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return new IopmpChecker(OptionsOf(setup.Name, setup.AgentId, setup.Settings));
    }

    /// <inheritdoc/>
    public override CheckerPort Protect(
        Checker checker, MemoryTree tree, string name, CheckerTarget target, AddressSpace downstream, CheckerSetup setup) =>
        ((IopmpChecker)checker).Protect(tree, name, target.Base, target.Size, downstream);

    private static IopmpOptions OptionsOf(string name, int agent, CheckerSettings settings) => new()
    {
        Name = name,
        AgentId = agent,
        Vendor = (uint)settings.Number("vendor"),
        SpecificationVersion = (uint)settings.Number("specification-version"),
        Implementation = (uint)settings.Number("implementation"),
        EnableFixed = settings.Flag("enable-fixed"),
        NoErrorRecord = settings.Flag("no-error-record"),
        DomainCount = settings.Integer("domains"),
        RequesterCount = settings.Integer("requesters"),
        EntryCount = settings.Integer("entries"),
        EntryOffset = (int)settings.Offset("entry-offset"),
        HighAddresses = settings.Flag("high-addresses"),
        TopOfRange = settings.Flag("top-of-range"),
        Granularity = settings.Number("granularity"),
        SourceFormat = settings.Integer("source-format"),
        DomainFormat = settings.Integer("domain-format"),
        EntriesPerDomainMinusOne = settings.Integer("entries-per-domain") - 1,
        NonPriority = settings.Flag("non-priority"),
        PriorityEntries = settings.Integer("priority-entries"),
        PriorityProgrammable = settings.Flag("priority-programmable"),
        MessageInterrupts = settings.Flag("message-interrupts"),
        EntryInterruptSuppression = settings.Flag("entry-interrupt-suppression"),
        EntryErrorSuppression = settings.Flag("entry-error-suppression"),
        SecondaryPermissions = settings.Flag("secondary-permissions"),
        Stall = settings.Flag("stall"),
        MultiFaultRecord = settings.Flag("multi-fault-record"),
        FetchIsRead = settings.Flag("fetch-is-read"),
        NoFetch = settings.Flag("no-fetch"),
        NoWrite = settings.Flag("no-write"),
        TranslateRequester = settings.Flag("translate-requester"),
        TranslationProgrammable = settings.Flag("translation-programmable"),
        TranslatedRequester = settings.Integer("translated-requester"),
        DomainLock = settings.Flag("domain-lock"),
        RecordEntry = settings.Has("record-entry") ? settings.Flag("record-entry") : !settings.Flag("no-error-record"),
        StallByRequester = settings.Flag("stall-by-requester"),
        UnselectableRequesters = [.. settings.Numbers("unselectable-requesters")],
        StallBufferDepth = settings.Integer("stall-buffer"),
        ErrorReadData = settings.Number("error-read-data"),
        DomainLockReset = (uint)settings.Number("domain-lock-reset"),
        DomainLockHighReset = (uint)settings.Number("domain-lock-high-reset"),
        DomainTableLockReset = (uint)settings.Number("domain-table-lock-reset"),
        EntryLockReset = (uint)settings.Number("entry-lock-reset"),
        LockedRequesters = [.. settings.Numbers("locked-requesters")],
        UnspecifiedRequester = settings.Integer("unspecified-requester"),
        RequesterIsWorld = settings.Word("requester-from") == FromWorld,
    };

    private static CheckerOption Integer(string name, string specification, string description, ulong minimum, ulong maximum, ulong @default) =>
        CheckerOption.Integer(name, description, minimum, maximum, @default) with { Specification = specification };

    private static CheckerOption Flag(string name, string specification, string description, bool @default = false) =>
        CheckerOption.Flag(name, description, @default) with { Specification = specification };
}
