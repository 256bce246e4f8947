using Soc.Iommu.Caches;

namespace Soc.Iommu;

/// <content>The command queue (sections 9 and 10).</content>
public sealed partial class RiscvIommu
{
    private readonly AtsMessage?[] _tags;
    private PendingFence? _fence;
    private AtsMessage? _heldInvalidation;
    private bool _invalidationTimedOut;
    private bool _running;

    private enum CommandOutcome
    {
        Fetched,
        Illegal,
        Fence,
    }

    /// <summary>Whether an IOFENCE.C waits for acknowledgements, completions or ordering.</summary>
    public bool IsFencing => _fence is not null;

    /// <summary>The ordering that <see cref="IIommuPort.Order"/> was asked for is complete.</summary>
    public void OrderingDone()
    {
        if (_fence is { Asked: true } fence)
        {
            _fence = fence with { Ordered = true };
            RunCommandQueue();
        }
    }

    /// <summary>A PCIe function completed invalidations; unexpected completions are ignored (section 13.3).</summary>
    /// <param name="requesterId">Routing id of the function.</param>
    /// <param name="segment">Its segment, when the message names one.</param>
    /// <param name="tags">ITag vector: bit n for tag n.</param>
    /// <param name="completions">How many completion messages the function sends for each tag: 1 to 8.</param>
    public void CompleteInvalidation(ushort requesterId, byte? segment, uint tags, int completions)
    {
        for (int tag = 0; tag < _tags.Length; tag++)
        {
            if ((tags & (1U << tag)) == 0 || _tags[tag] is not { } request || request.RequesterId != requesterId ||
                (request.SegmentValid && request.Segment != segment))
            {
                continue;
            }

            _received[tag]++;
            if (_received[tag] >= Math.Max(completions, 1))
            {
                _tags[tag] = null;
            }
        }

        RunCommandQueue();
    }

    /// <summary>The protocol timeout of invalidations was hit: they count as done, and the next IOFENCE.C ends with cmd_to.</summary>
    /// <param name="tags">Bit n for tag n.</param>
    public void ExpireInvalidations(uint tags)
    {
        for (int tag = 0; tag < _tags.Length; tag++)
        {
            if ((tags & (1U << tag)) != 0 && _tags[tag] is not null)
            {
                _tags[tag] = null;
                _invalidationTimedOut = true;
            }
        }

        RunCommandQueue();
    }

    private readonly int[] _received = new int[32];

    private void RunCommandQueue()
    {
        // The port may answer from inside a call: the loop that is running takes the answer up.
        if (_running)
        {
            return;
        }

        _running = true;
        try
        {
            while (Step())
            {
            }
        }
        finally
        {
            _running = false;
        }
    }

    /// <summary>Makes one step; false when the queue must wait or is empty.</summary>
    private bool Step()
    {
        if ((_cqcsr.Value & (Enable | QueueOn)) != (Enable | QueueOn) || (_cqcsr.Value & CommandErrors) != 0)
        {
            return false;
        }

        if (_heldInvalidation is { } held)
        {
            if (!TrySend(held))
            {
                return false;
            }

            _heldInvalidation = null;
        }

        if (_fence is { } fence)
        {
            return StepFence(fence);
        }

        if (_cqh.Value == _cqt.Value)
        {
            return false;
        }

        Span<ulong> command = stackalloc ulong[2];
        if (ReadRecord(QueueAddress(_cqb, _cqh.Value, 16), command, BigEndian) != IommuBusResult.Ok)
        {
            return Stop(MemoryFault);
        }

        _port.OnCommand(command[0], command[1], (uint)_cqh.Value);
        switch (Execute(command[0], command[1]))
        {
            case CommandOutcome.Illegal:
                return Stop(CommandIllegal);
            case CommandOutcome.Fence:
                _fence = new PendingFence(command[0], command[1]);
                return true;
            default:
                Advance();
                return true;
        }
    }

    private bool Stop(ulong error)
    {
        _cqcsr.Value |= error;
        RaiseLevels(CommandSource);
        return false;
    }

    private void Advance()
    {
        _cqh.Value = (_cqh.Value + 1) & IndexMask(_cqb);
        _commandsCount++;
    }

    private CommandOutcome Execute(ulong word0, ulong word1) => (word0 & 0x7F, (word0 >> 7) & 7) switch
    {
        (1, 0) => InvalidateTranslations(word0, word1, secondStage: false),
        (1, 1) => InvalidateTranslations(word0, word1, secondStage: true),
        (2, 0) => CheckFence(word0, word1),
        (3, 0) => InvalidateDevices(word0, word1),
        (3, 1) => InvalidateProcess(word0, word1),
        (4, 0) => SendAts(word0, word1, AtsMessageKind.InvalidateRequest),
        (4, 1) => SendAts(word0, word1, AtsMessageKind.PageRequestGroupResponse),
        _ => CommandOutcome.Illegal,
    };

    /// <summary>IOTINVAL.VMA and IOTINVAL.GVMA (section 10.1).</summary>
    private CommandOutcome InvalidateTranslations(ulong word0, ulong word1, bool secondStage)
    {
        bool range = (word1 & (1UL << 9)) != 0;
        bool nonLeaf = (word0 & (1UL << 34)) != 0;
        bool process = (word0 & (1UL << 32)) != 0;
        if ((word0 & 0xF000_0FF8_0000_0800) != 0 || (word1 & 0xC000_0000_0000_01FF) != 0 ||
            (range && !_capabilities.RangeInvalidation) || (nonLeaf && !_capabilities.NonLeafInvalidation) || (process && secondStage))
        {
            return CommandOutcome.Illegal;
        }

        bool guest = (word0 & (1UL << 33)) != 0;
        (ulong address, int bits) = IommuInvalidation.Range((word1 >> 10) & ((1UL << 52) - 1), range);
        var invalidation = new IommuInvalidation(secondStage ? IommuInvalidationKind.SecondStage : IommuInvalidationKind.FirstStage)
        {
            GuestValid = guest,
            Gscid = (ushort)(word0 >> 44),
            ProcessValid = process,
            Pscid = (uint)(word0 >> 12) & 0xFFFFF,
            AddressValid = (word0 & (1UL << 10)) != 0 && (guest || !secondStage),
            Address = address,
            AddressBits = bits,
            NonLeaf = nonLeaf,
        };
        int dropped = _translations.Drop(invalidation);
        if (secondStage)
        {
            dropped += _interrupts.Drop(entry => Covers(invalidation, entry));

            // Process contexts were found through second-stage entries of their directory's pages.
            dropped += _processes.Drop(entry => entry.Gscid is { } gscid && (!invalidation.GuestValid || gscid == invalidation.Gscid));
        }

        Dropped(dropped);
        Broadcast(invalidation);
        return CommandOutcome.Fetched;
    }

    private static bool Covers(in IommuInvalidation invalidation, MsiEntry entry) =>
        !invalidation.GuestValid || (invalidation.Gscid == entry.Gscid &&
            (!invalidation.AddressValid || invalidation.CoversBlock(entry.GuestPage << 12, 12)));

    /// <summary>IODIR.INVAL_DDT (section 10.3).</summary>
    private CommandOutcome InvalidateDevices(ulong word0, ulong word1)
    {
        bool deviceValid = (word0 & (1UL << 33)) != 0;
        uint device = (uint)(word0 >> 40);
        if (HasReservedDirectoryBits(word0, word1) || (word0 & 0xFFFF_F000) != 0 || (deviceValid && IsBeyondMode(device)))
        {
            return CommandOutcome.Illegal;
        }

        int dropped = _devices.Drop(entry => !deviceValid || entry.DeviceId == device);
        dropped += _processes.Drop(entry => !deviceValid || entry.DeviceId == device);
        Dropped(dropped);
        Broadcast(new IommuInvalidation(IommuInvalidationKind.Device) { DeviceValid = deviceValid, DeviceId = device });
        return CommandOutcome.Fetched;
    }

    /// <summary>IODIR.INVAL_PDT (section 10.3).</summary>
    private CommandOutcome InvalidateProcess(ulong word0, ulong word1)
    {
        uint device = (uint)(word0 >> 40);
        uint process = (uint)(word0 >> 12) & 0xFFFFF;
        int processBits = _capabilities.Pd20 ? 20 : _capabilities.Pd17 ? 17 : 8;
        if (HasReservedDirectoryBits(word0, word1) || (word0 & (1UL << 33)) == 0 || process >> processBits != 0 || IsBeyondMode(device))
        {
            return CommandOutcome.Illegal;
        }

        Dropped(_processes.Drop(entry => entry.DeviceId == device && entry.ProcessId == process));
        Broadcast(new IommuInvalidation(IommuInvalidationKind.Process) { DeviceValid = true, DeviceId = device, ProcessId = process });
        return CommandOutcome.Fetched;
    }

    private static bool HasReservedDirectoryBits(ulong word0, ulong word1) => (word0 & 0x0000_00FD_0000_0C00) != 0 || word1 != 0;

    private bool IsBeyondMode(uint device) => Mode > ModeBare && IsTooWide(device);

    private void Dropped(int entries) => _entriesDroppedCount += (ulong)entries;

    /// <summary>ATS.INVAL and ATS.PRGR (section 10.4).</summary>
    private CommandOutcome SendAts(ulong word0, ulong word1, AtsMessageKind kind)
    {
        if (!_capabilities.Ats || (word0 & 0x0000_00FC_0000_0C00) != 0)
        {
            return CommandOutcome.Illegal;
        }

        var message = new AtsMessage(
            kind, 0, (ushort)(word0 >> 40), (word0 & (1UL << 33)) != 0, (byte)(word0 >> 56),
            (word0 & (1UL << 32)) != 0, (uint)(word0 >> 12) & 0xFFFFF, word1);
        if (kind == AtsMessageKind.PageRequestGroupResponse)
        {
            _port.Send(message);
        }
        else if (!TrySend(message))
        {
            // The command is fetched, so cqh passes it; nothing further is fetched until a tag is free.
            _heldInvalidation = message;
        }

        return CommandOutcome.Fetched;
    }

    private bool TrySend(in AtsMessage invalidation)
    {
        int tag = Array.FindIndex(_tags, each => each is null);
        if (tag < 0)
        {
            return false;
        }

        AtsMessage message = invalidation with { Tag = tag };
        _tags[tag] = message;
        _received[tag] = 0;
        _port.Send(message);
        return true;
    }

    private CommandOutcome CheckFence(ulong word0, ulong word1)
    {
        bool illegal = (word0 & 0xFFFF_C000) != 0 || word1 >> 62 != 0 || ((word0 & (1UL << 11)) != 0 && !Wired);
        return illegal ? CommandOutcome.Illegal : CommandOutcome.Fence;
    }

    /// <summary>IOFENCE.C, as far as it gets now (section 10.2).</summary>
    private bool StepFence(PendingFence fence)
    {
        if (_unacknowledged.Count != 0 || Array.Exists(_tags, tag => tag is not null))
        {
            return false;
        }

        if (_invalidationTimedOut)
        {
            _invalidationTimedOut = false;
            _fence = null;
            return Stop(CommandTimeout);
        }

        if (fence.NeedsOrder && !fence.Ordered)
        {
            if (fence.Asked)
            {
                return false;
            }

            _fence = fence with { Asked = true };
            if (!_port.Order(fence.Reads, fence.Writes) && _fence is not { Ordered: true })
            {
                return false;
            }
        }

        _fence = null;
        if (fence.Stores && WriteWord(fence.Address, fence.Data) != IommuBusResult.Ok)
        {
            return Stop(MemoryFault);
        }

        if (fence.Signals)
        {
            _cqcsr.Value |= FenceWaiting;
            RaiseLevels(CommandSource);
        }

        _port.OnFence();
        Advance();
        return true;
    }

    /// <summary>An IOFENCE.C that was fetched and is not complete.</summary>
    private sealed record PendingFence(ulong Word0, ulong Word1)
    {
        public bool Asked { get; init; }

        public bool Ordered { get; init; }

        public bool Stores => (Word0 & (1UL << 10)) != 0;

        public bool Signals => (Word0 & (1UL << 11)) != 0;

        public bool Reads => (Word0 & (1UL << 12)) != 0;

        public bool Writes => (Word0 & (1UL << 13)) != 0;

        public bool NeedsOrder => Reads || Writes;

        public uint Data => (uint)(Word0 >> 32);

        public ulong Address => Word1 << 2;
    }
}
