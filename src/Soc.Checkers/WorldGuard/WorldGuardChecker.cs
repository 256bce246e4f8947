using System.Numerics;
using Soc.Checkers.Registers;
using Soc.Memory;

namespace Soc.Checkers.WorldGuard;

/// <summary>
/// A wgChecker (worldguard.md sections 3 and 4): slots that name areas and say per world what may be read and written
/// there. Slots are pooled, there is no priority. Matching is on system physical addresses.
/// </summary>
public sealed partial class WorldGuardChecker : Checker
{
    /// <summary>Bytes of the register block.</summary>
    public const ulong BlockSize = 0x1000;

    private const ulong TopAddress = 0x3FFF_FFFF_FFFF_FFFF;
    private const int Off = 0;
    private const int TopOfRange = 1;
    private const int NaturallyAligned4 = 2;
    private const int NaturallyAlignedPowerOfTwo = 3;
    private const ulong ModeMask = 3;
    private const ulong LockBit = 1UL << 31;
    private const ulong BusErrorBit = 1UL << 62;
    private const ulong PendingBit = 1UL << 63;

    private readonly WorldGuardCheckerOptions _options;
    private readonly int _last;
    private readonly ulong _rangeStart;
    private readonly ulong _rangeEnd;
    private readonly bool _endsAtTop;
    private readonly Register _cause;
    private readonly Register _address;
    private readonly Register _slotAddress;
    private readonly Register _slotPermissions;
    private readonly Register _slotConfiguration;
    private bool _slotsWritten;
    private bool _recordIsTaken;

    /// <summary>Builds a checker in its reset state.</summary>
    /// <exception cref="CheckerConfigurationException">NSLOTS or the range is not allowed.</exception>
    public WorldGuardChecker(WorldGuardCheckerOptions options)
        : base((options ?? throw new ArgumentNullException(nameof(options))).Name, options.AgentId)
    {
        if (options.Slots is < 1 or > 126)
        {
            throw new CheckerConfigurationException($"checker '{options.Name}' has {options.Slots} slots; it must have 1 to 126");
        }

        _options = options;
        _last = options.Slots;
        (_rangeStart, UInt128 end) = RoundRange(options);
        _endsAtTop = end > ulong.MaxValue;
        _rangeEnd = _endsAtTop ? TopAddress : (ulong)end >> 2;

        Registers = new RegisterMap(options.Name);
        Registers.Define("VENDOR", 0x000, 4).Field("VENDOR", 31, 0, RegisterAccess.ReadOnly, options.Vendor);
        Registers.Define("IMPID", 0x004, 4).Field("IMPID", 31, 0, RegisterAccess.ReadOnly, options.Implementation);
        Registers.Define("NSLOTS", 0x008, 4).Field("NSLOTS", 31, 0, RegisterAccess.ReadOnly, (ulong)options.Slots);
        _cause = Registers.Define("ERRCAUSE", 0x010, 8)
            .Field("WID", 7, 0, RegisterAccess.ReadWrite)
            .Bit("R", 8, RegisterAccess.ReadWrite)
            .Bit("W", 9, RegisterAccess.ReadWrite)
            .Bit("BE", 62, RegisterAccess.ReadWrite)
            .Bit("IP", 63, RegisterAccess.ReadWrite)
            .WhenWritten((_, _, _) => PublishCause());
        _address = Registers.Define("ERRADDR", 0x018, 8).Field("ADDR", 63, 0, RegisterAccess.ReadWrite);
        _slotAddress = Registers.DefineArray("SLOT[{0}].ADDR", 0x020, 0x20, _last + 1, 8)
            .Field("ADDR", 63, 0, RegisterAccess.Warl)
            .ResetsTo(slot => slot == _last ? _rangeEnd : _rangeStart >> 2)
            .LockedWhen("SLOT.CFG.L; first and last slot", slot => slot == 0 || slot == _last || Locked(slot))
            .Legalise((slot, _, wanted) => LegalAddress(wanted, ModeOf(slot)))
            .WhenWritten((_, _, _) => _slotsWritten = true);
        _slotPermissions = Registers.DefineArray("SLOT[{0}].PERM", 0x028, 0x20, _last + 1, 8)
            .Field("PERM", (2 * options.WorldGuard.Worlds) - 1, 0, RegisterAccess.ReadWrite)
            .LockedWhen("SLOT.CFG.L; first slot", slot => slot == 0 || Locked(slot))
            .WhenWritten((_, _, _) => _slotsWritten = true);
        _slotConfiguration = Registers.DefineArray("SLOT[{0}].CFG", 0x030, 0x20, _last + 1, 4)
            .Field("A", 1, 0, RegisterAccess.Warl)
            .Bit("ER", 8, RegisterAccess.ReadWrite)
            .Bit("EW", 9, RegisterAccess.ReadWrite)
            .Bit("IR", 10, RegisterAccess.ReadWrite)
            .Bit("IW", 11, RegisterAccess.ReadWrite)
            .Bit("L", 31, RegisterAccess.WriteOneToSetSticky)
            .LockedWhen("SLOT.CFG.L", Locked)
            .Legalise(LegalConfiguration)
            .WhenWritten((slot, _, _) => ConfigurationWritten(slot))
            .OnlyInExactWidth();
        ResetRegisters();
        Commit(Compile());
    }

    /// <inheritdoc/>
    public override RegisterMap Registers { get; }

    /// <summary>The SoC's WorldGuard facts.</summary>
    public WorldGuardConfiguration WorldGuard => _options.WorldGuard;

    /// <summary>NSLOTS: number of the last slot.</summary>
    public int Slots => _last;

    /// <summary>Puts a region under this checker's protection; done while the memory tree is built.</summary>
    /// <param name="tree">Where the blocked sink's address space is made.</param>
    /// <param name="name">Name for people.</param>
    /// <param name="baseAddress">Physical address of the region's first byte on the initiators' bus.</param>
    /// <param name="size">Bytes; 0 stands for 2^64.</param>
    /// <param name="downstream">Where permitted accesses go on, at their physical address.</param>
    /// <returns>The region to put into the initiators' trees at <paramref name="baseAddress"/>.</returns>
    public WorldGuardPort Protect(MemoryTree tree, string name, ulong baseAddress, ulong size, AddressSpace downstream)
    {
        var port = new WorldGuardPort(this, tree, name, baseAddress, size, downstream);
        AddPort(port);
        return port;
    }

    /// <inheritdoc/>
    public override RegisterOutcome Access(in BusAccess access, ulong value)
    {
        if (access.Size is not (4 or 8) || access.Offset % (ulong)access.Size != 0)
        {
            return RegisterOutcome.Refused;
        }

        if (!WorldGuard.MayConfigure(access.Attributes))
        {
            return RegisterOutcome.Nothing;
        }

        if (access.Kind != AccessKind.Store)
        {
            return new RegisterOutcome(AccessResult.Ok, Registers.Read(access.Offset, access.Size), null);
        }

        _slotsWritten = false;
        Registers.Write(access.Offset, access.Size, value);
        return _slotsWritten ? CommitChange() : RegisterOutcome.Nothing;
    }

    /// <inheritdoc/>
    public override InvalidationScope Reset()
    {
        ResetRegisters();
        PublishCause();
        Commit(Compile());
        return Invalidating(InvalidationScope.Everything);
    }

    /// <inheritdoc/>
    public override bool CanRecord(in Violation violation) =>
        (violation.BusError || violation.Interrupt) && !Volatile.Read(ref _recordIsTaken);

    /// <inheritdoc/>
    protected override bool TakeRecord(in Violation violation)
    {
        if ((_cause.Value & (BusErrorBit | PendingBit)) != 0 || !(violation.BusError || violation.Interrupt))
        {
            return false;
        }

        _cause.Value = (byte)WorldGuard.WorldOf(violation.Attributes) |
            (violation.Kind == AccessKind.Store ? 1UL << 9 : 1UL << 8) |
            (violation.BusError ? BusErrorBit : 0) |
            (violation.Interrupt ? PendingBit : 0);
        _address.Value = violation.PhysicalAddress >> 2;
        PublishCause();
        return true;
    }

    private static (ulong Start, UInt128 End) RoundRange(WorldGuardCheckerOptions options)
    {
        if (options.Range is not { } range)
        {
            return (0, UInt128.One << 64);
        }

        UInt128 last = (UInt128)range.Start + range.Length - 1;
        if (range.Length == 0 || last > ulong.MaxValue)
        {
            throw new CheckerConfigurationException(
                $"the range of checker '{options.Name}' (0x{range.Start:x} + 0x{range.Length:x}) is empty or goes beyond 64 address bits");
        }

        int bits = Math.Max(12, 64 - BitOperations.LeadingZeroCount(range.Start ^ (ulong)last));
        UInt128 size = UInt128.One << bits;
        ulong start = range.Start & ~(ulong)(size - 1);
        return (start, start + size);
    }

    private bool Locked(int slot) => (_slotConfiguration[slot] & LockBit) != 0;

    private int ModeOf(int slot) => (int)(_slotConfiguration[slot] & ModeMask);

    private ulong LegalAddress(ulong wanted, int mode)
    {
        if (wanted < _rangeStart >> 2 || wanted >= _rangeEnd)
        {
            wanted = _rangeStart >> 2;
        }

        return mode switch
        {
            TopOfRange => wanted & ~0x3FFUL,
            NaturallyAlignedPowerOfTwo => wanted | 0x1FF,
            _ => wanted,
        };
    }

    private ulong LegalConfiguration(int slot, ulong old, ulong wanted)
    {
        int mode = (int)(wanted & ModeMask);
        int legal = slot == 0 ? Off
            : slot == _last ? (mode > TopOfRange ? (int)(old & ModeMask) : mode)
            : mode == NaturallyAligned4 ? NaturallyAlignedPowerOfTwo
            : mode;
        return (wanted & ~ModeMask) | (uint)legal;
    }

    private void ConfigurationWritten(int slot)
    {
        _slotsWritten = true;
        if (slot != 0 && slot != _last)
        {
            _slotAddress[slot] = LegalAddress(_slotAddress[slot], ModeOf(slot));
        }
    }

    private void ResetRegisters()
    {
        Registers.Reset();
        if (_options.DefaultSlots.Count > 0)
        {
            for (int slot = 1; slot <= Math.Min(_last, _options.DefaultSlots.Count); slot++)
            {
                WorldGuardSlot contents = _options.DefaultSlots[slot - 1];
                _slotAddress.Write(slot, contents.Address, ulong.MaxValue);
                _slotPermissions.Write(slot, contents.Permissions, ulong.MaxValue);
                _slotConfiguration.Write(slot, contents.Configuration, uint.MaxValue);
            }
        }
        else if (WorldGuard.HwBypass || _options.HwBypass)
        {
            _slotPermissions[_last] = 3UL << (2 * WorldGuard.EffectiveTrustedWid);
            _slotConfiguration[_last] = TopOfRange;
        }
    }

    /// <summary>Everything that follows from ERRCAUSE: the line is its IP bit, and a taken record spares further reports.</summary>
    private void PublishCause()
    {
        Volatile.Write(ref _recordIsTaken, (_cause.Value & (BusErrorBit | PendingBit)) != 0);
        DriveInterrupt((_cause.Value & PendingBit) != 0);
    }

    private RegisterOutcome CommitChange()
    {
        WorldGuardSnapshot next = Compile();
        var current = (WorldGuardSnapshot)Snapshot;
        if (next.SameAs(current))
        {
            return RegisterOutcome.Nothing;
        }

        Commit(next);
        var scopes = new ScopeBuilder();
        foreach (InvalidationScope change in current.DifferencesTo(next))
        {
            scopes.AddThrough(Ports, change.First, change.Last, change.Indexes, change.Kinds);
        }

        return Invalidating(scopes);
    }

    private WorldGuardSnapshot Compile()
    {
        var areas = new List<WorldGuardArea>(_last);
        for (int slot = 1; slot <= _last; slot++)
        {
            if (ModeOf(slot) == Off)
            {
                continue;
            }

            (UInt128 first, UInt128 end) = AreaOf(slot);
            if (first < end)
            {
                areas.Add(new WorldGuardArea((ulong)first, (ulong)(end - 1), _slotPermissions[slot], ErrorsOf(slot), slot));
            }
        }

        return WorldGuardSnapshot.Compile(areas, ErrorsOf(0), WorldGuard.Worlds);
    }

    private byte ErrorsOf(int slot) => (byte)((_slotConfiguration[slot] >> 8) & 0xF);

    private (UInt128 First, UInt128 End) AreaOf(int slot) =>
        ModeOf(slot) == NaturallyAlignedPowerOfTwo ? PowerOfTwoArea(slot) : (EndBelow(slot), TopOf(slot));

    private UInt128 EndBelow(int slot) =>
        ModeOf(slot - 1) == NaturallyAlignedPowerOfTwo ? PowerOfTwoArea(slot - 1).End : ByteAddress(slot - 1);

    // The top of the full address space is 2^64, which the register cannot say: its value stands for the last word, included.
    private UInt128 TopOf(int slot) => slot == _last && _endsAtTop ? UInt128.One << 64 : ByteAddress(slot);

    private UInt128 ByteAddress(int slot) => _slotAddress[slot] << 2;

    private (UInt128 First, UInt128 End) PowerOfTwoArea(int slot)
    {
        UInt128 encoded = ByteAddress(slot) | 3;
        return (encoded & (encoded + 1), (encoded | (encoded + 1)) + 1);
    }
}
