using Soc.Checkers.Registers;
using Soc.Memory;

namespace Soc.Checkers.Gpc;

/// <content>The register pages (arm-filters.md section 4.10, offsets as in the SMMU's Root page).</content>
public sealed partial class GpcChecker
{
    private const ulong AccessEnableBit = 1;
    private const ulong CheckEnableBit = 2;

    private readonly int[] _running;
    private readonly ulong[] _acknowledgedControl;
    private readonly long[] _latestControl;
    private readonly Dictionary<long, Waiting> _waiting = [];
    private Register _control = null!;
    private Register _tableBase = null!;
    private Register _tableControl = null!;
    private Register _faultRecord = null!;
    private Register _errorRecord = null!;
    private Register _invalidation = null!;
    private int _written = -1;
    private int _invalidating = -1;

    /// <inheritdoc/>
    /// <remarks>
    /// Takes naturally aligned accesses of 4 and 8 bytes; others are bus errors. Outside the Root space, unless the options say
    /// otherwise, registers read 0 and ignore writes.
    /// </remarks>
    public override RegisterOutcome Access(in BusAccess access, ulong value)
    {
        if (access.Size is not (4 or 8) || access.Offset % (ulong)access.Size != 0)
        {
            return RegisterOutcome.Refused;
        }

        if (_options.RootOnlyRegisters && !access.Attributes.IsDebug && SpaceOf(access.Attributes).Space != SecuritySpace.Root)
        {
            return RegisterOutcome.Nothing;
        }

        if (access.Kind != AccessKind.Store)
        {
            return new RegisterOutcome(AccessResult.Ok, Registers.Read(access.Offset, access.Size), null);
        }

        _written = -1;
        _invalidating = -1;
        Registers.Write(access.Offset, access.Size, value);
        return _invalidating >= 0 ? Invalidate(_invalidating)
            : _written >= 0 ? CommitChange(_written)
            : RegisterOutcome.Nothing;
    }

    /// <inheritdoc/>
    public override void ChangeAcknowledged(long change)
    {
        if (!_waiting.Remove(change, out Waiting waiting))
        {
            return;
        }

        if (waiting.IsInvalidation)
        {
            _running[waiting.Instance]--;
        }
        else if (_latestControl[waiting.Instance] == change)
        {
            _acknowledgedControl[waiting.Instance] = _control[waiting.Instance];
        }
    }

    private void DefineRegisters()
    {
        PerInstance("ROOT_IDR0[{0}]", 0x00, 4)
            .Bit("ROOT_IMPL", 0, RegisterAccess.ReadOnly, reset: true)
            .Field("REALM_PAGE", 31, 22, RegisterAccess.ReadOnly);
        PerInstance("ROOT_IIDR[{0}]", 0x08, 4).Field("IIDR", 31, 0, RegisterAccess.ReadOnly);
        _control = PerInstance("ROOT_CR0[{0}]", 0x20, 4)
            .Bit("ACCESSEN", 0, RegisterAccess.ReadWrite)
            .Bit("GPCEN", 1, RegisterAccess.ReadWrite)
            .ResetsTo(instance => _options.AccessEnabledAtReset(instance) ? AccessEnableBit : 0)
            .WhenWritten((instance, _, _) => _written = instance);
        PerInstance("ROOT_CR0ACK[{0}]", 0x24, 4)
            .Bit("ACCESSEN", 0, RegisterAccess.ReadOnly)
            .Bit("GPCEN", 1, RegisterAccess.ReadOnly)
            .ResetsTo(instance => _options.AccessEnabledAtReset(instance) ? AccessEnableBit : 0)
            .ShownAs((instance, _) => _acknowledgedControl[instance]);
        _tableBase = PerInstance("ROOT_GPT_BASE[{0}]", 0x28, 8)
            .Field("BADDR", 51, 12, RegisterAccess.ReadWrite)
            .ShownAs((instance, _) => ConfigurationOf(instance).LevelZeroTable)
            .WhenWritten((instance, _, _) => _written = instance);
        _tableControl = PerInstance("ROOT_GPT_BASE_CFG[{0}]", 0x30, 4)
            .Field("PPS", 2, 0, RegisterAccess.ReadWrite)
            .Field("IRGN", 9, 8, RegisterAccess.ReadWrite)
            .Field("ORGN", 11, 10, RegisterAccess.ReadWrite)
            .Field("SH", 13, 12, RegisterAccess.ReadWrite)
            .Field("PGS", 15, 14, RegisterAccess.ReadWrite)
            .Bit("GPCP", 17, RegisterAccess.ReadWrite)
            .Field("L0GPTSZ", 23, 20, RegisterAccess.ReadOnly, (ulong)GpcConfiguration.LevelZeroCode(_options.LevelZeroBits))
            .WhenWritten((instance, _, _) => _written = instance);
        if (_options.HasGpc2)
        {
            _tableControl.Bit("RLPAD", 5, RegisterAccess.ReadWrite)
                .Bit("NSPAD", 6, RegisterAccess.ReadWrite)
                .Bit("SPAD", 7, RegisterAccess.ReadWrite)
                .Bit("NSO", 19, RegisterAccess.ReadWrite)
                .Bit("APPSAA", 24, RegisterAccess.ReadWrite);
        }

        if (_options.HasGdi)
        {
            _tableControl.Bit("SA", 25, RegisterAccess.ReadWrite).Bit("NSP", 26, RegisterAccess.ReadWrite);
        }

        _faultRecord = RecordRegister("ROOT_GPF_FAR[{0}]", 0x38, _faultTaken);
        _errorRecord = RecordRegister("ROOT_GPT_CFG_FAR[{0}]", 0x40, _errorTaken);
        _invalidation = PerInstance("ROOT_TLBI[{0}]", 0x50, 8)
            .Field("PA", 39, 0, RegisterAccess.ReadWrite)
            .Field("SIZE", 47, 44, RegisterAccess.ReadWrite)
            .Field("OP", 63, 60, RegisterAccess.ReadWrite);
        PerInstance("ROOT_TLBI_CTRL[{0}]", 0x58, 4)
            .Bit("RUN", 0, RegisterAccess.Warl)
            .Legalise((_, _, _) => 0)
            .ShownAs((instance, _) => _running[instance] > 0 ? 1UL : 0)
            .WhenWritten((instance, _, written) => _invalidating = (written & 1) != 0 ? instance : -1);
    }

    private Register PerInstance(string name, ulong offset, int width) => Registers.DefineArray(name, offset, PageSize, Instances, width);

    /// <summary>A record of the first fault. Only writing 0, to all of it or to the word with the valid bit, changes it.</summary>
    private Register RecordRegister(string name, ulong offset, bool[] taken) => PerInstance(name, offset, 8)
        .Bit("VALID", 0, RegisterAccess.Warl)
        .Bit("WALK", 1, RegisterAccess.Warl)
        .Field("KIND", 3, 2, RegisterAccess.Warl)
        .Field("GPCSC", 11, 6, RegisterAccess.Warl)
        .Field("PA", 51, 12, RegisterAccess.Warl)
        .Bit("NSE", 62, RegisterAccess.Warl)
        .Bit("NS", 63, RegisterAccess.Warl)
        .Legalise((_, old, wanted) => (uint)wanted == 0 ? 0 : old)
        .WhenWritten((instance, old, _) => SetTaken(taken, instance, old != 0 && RecordValue(offset, instance) != 0));

    private ulong RecordValue(ulong offset, int instance) => (offset == 0x38 ? _faultRecord : _errorRecord)[instance];

    /// <summary>
    /// Publishes changed registers. Only a change of CR0 drops verdicts, so that its acknowledgement can say they are gone; the other
    /// registers are fields that initiators may go on using until software invalidates.
    /// </summary>
    private RegisterOutcome CommitChange(int instance)
    {
        GpcConfiguration before = ConfigurationOf(instance);
        GpcConfiguration next = Compile(instance);
        if (next == before)
        {
            return RegisterOutcome.Nothing;
        }

        GpcConfiguration[] all = [.. (GpcConfiguration[])Snapshot];
        all[instance] = next;
        Commit(all);
        if (next.AccessEnabled == before.AccessEnabled && next.Enabled == before.Enabled)
        {
            return RegisterOutcome.Nothing;
        }

        if (_options.LazyControl)
        {
            _acknowledgedControl[instance] = _control[instance];
            return RegisterOutcome.Nothing;
        }

        RegisterOutcome outcome = Dropping(
            new InvalidationScope(0, ulong.MaxValue, GpcPort.CheckedIndexes, AccessKinds.All), new Waiting(instance, IsInvalidation: false));
        _latestControl[instance] = outcome.Change;
        Settle(outcome.Change);
        return outcome with { Recipients = _registries[instance] };
    }

    private RegisterOutcome Invalidate(int instance)
    {
        var invalidation = GpcInvalidation.Decode(_invalidation[instance]);
        if (invalidation.ScopeFor(ConfigurationOf(instance).GranuleBits) is not { } scope)
        {
            IgnoredInvalidations++;
            return RegisterOutcome.Nothing;
        }

        _running[instance]++;
        RegisterOutcome outcome = Dropping(scope, new Waiting(instance, IsInvalidation: true));
        Settle(outcome.Change);
        return outcome with { Recipients = invalidation.IsLocal ? _registries[instance] : null };
    }

    private RegisterOutcome Dropping(InvalidationScope scope, Waiting waiting)
    {
        long change = NumberChange();
        _waiting.Add(change, waiting);
        return new RegisterOutcome(AccessResult.Ok, 0, Invalidating(scope)) { Change = change, CompletesAtOnce = ReportsAcknowledgements };
    }

    private void Settle(long change)
    {
        if (!ReportsAcknowledgements)
        {
            ChangeAcknowledged(change);
        }
    }

    /// <summary>What is unfinished until a change is acknowledged.</summary>
    private readonly record struct Waiting(int Instance, bool IsInvalidation);
}
