using Soc.Memory;

namespace Soc.Devices.Dma;

/// <content>The register map; see the table at the class.</content>
public sealed partial class DmaEngine
{
    /// <summary>Bytes of the register block.</summary>
    public const ulong RegionSize = 0x20000;

    /// <summary>Offset of channel 0's page; the others follow every 0x1000 bytes.</summary>
    public const ulong ChannelsOffset = 0x1000;

    /// <summary>Offset of channel 0's marker page; the others follow every 0x1000 bytes.</summary>
    public const ulong MarkersOffset = 0x10000;

    /// <summary>Bytes of a channel's and of a marker's page.</summary>
    public const ulong PageStride = 0x1000;

    private const ulong Capabilities = 0x00;
    private const ulong Interrupts = 0x08;

    private const ulong Control = 0x00;
    private const ulong Status = 0x08;
    private const ulong RingBase = 0x10;
    private const ulong RingSize = 0x18;
    private const ulong Head = 0x20;
    private const ulong Tail = 0x28;
    private const ulong CurrentIndex = 0x30;
    private const ulong CurrentBytes = 0x38;
    private const ulong ReadBeats = 0x40;
    private const ulong WriteBeats = 0x48;
    private const ulong Bytes = 0x50;
    private const ulong Descriptors = 0x58;
    private const ulong ErrorAddress = 0x60;
    private const ulong BusErrors = 0x68;
    private const ulong Translation = 0x70;
    private const ulong DeviceId = 0x78;

    private const ulong ControlEnable = 1 << 0;
    private const ulong ControlRun = 1 << 1;
    private const ulong ControlInterruptDone = 1 << 2;
    private const ulong ControlInterruptError = 1 << 3;
    private const ulong ControlMask = 0xF;

    private const ulong StatusBusy = 1 << 0;
    private const ulong StatusDone = 1 << 1;
    private const ulong StatusError = 1 << 2;
    private const ulong StatusBusError = 1 << 3;
    private const ulong StatusStopped = 1 << 4;
    private const int StatusCauseShift = 8;

    private const ulong MinimumRing = 2;
    private const ulong MaximumRing = 65536;

    /// <summary>
    /// One access of the engine's registers, in the order in which its actor received them. Allowed at any time between two
    /// calls of <see cref="Run"/>, also while a transaction is pending.
    /// </summary>
    /// <param name="access">The access; naturally aligned, 4 or 8 bytes, else a bus error.</param>
    /// <param name="value">What a store writes.</param>
    public DeviceAnswer Access(in BusAccess access, ulong value)
    {
        if (access.Size is not (4 or 8) || access.Offset % (ulong)access.Size != 0)
        {
            return new DeviceAnswer(AccessResult.Error, 0);
        }

        ulong register = access.Offset & ~7UL;
        int shift = (int)(access.Offset & 4) * 8;
        if (access.Kind != AccessKind.Store)
        {
            ulong whole = ReadRegister(register, access.Attributes);
            return new DeviceAnswer(AccessResult.Ok, access.Size == 8 ? whole : (uint)(whole >> shift));
        }

        ulong mask = access.Size == 8 ? ulong.MaxValue : 0xFFFF_FFFFUL << shift;
        WriteRegister(register, (value << shift) & mask, mask, access.Attributes);
        UpdateLine();
        return new DeviceAnswer(AccessResult.Ok, 0);
    }

    private static ulong StatusOf(DmaChannel channel) =>
        (channel.Phase != DmaPhase.Idle ? StatusBusy : 0) |
        (channel.Done ? StatusDone : 0) |
        (channel.Error ? StatusError : 0) |
        (channel.BusError ? StatusBusError : 0) |
        (channel.Stopped ? StatusStopped : 0) |
        ((ulong)channel.Cause << StatusCauseShift);

    private static bool Interrupting(DmaChannel channel) =>
        (channel.Done && (channel.Control & ControlInterruptDone) != 0) ||
        (channel.Error && (channel.Control & ControlInterruptError) != 0);

    private ulong TranslationMask =>
        _configuration.Translator is null ? 0
        : DmaChannel.TranslationProcess | DmaChannel.TranslationSupervisor | (0xFFFFFUL << DmaChannel.TranslationProcessShift) |
            (_configuration.HasAts ? DmaChannel.TranslationAts : 0) |
            (_configuration.HasAts && _configuration.HasPageRequests ? DmaChannel.TranslationPages : 0);

    private static ulong ReadChannel(DmaChannel channel, ulong register) => register switch
    {
        Control => channel.Control,
        Status => StatusOf(channel),
        RingBase => channel.RingBase,
        RingSize => channel.RingSize,
        Head => channel.Head,
        Tail => channel.Tail,
        CurrentIndex => channel.CurrentIndex,
        CurrentBytes => channel.Progress,
        ReadBeats => channel.ReadBeats,
        WriteBeats => channel.WriteBeats,
        Bytes => channel.Bytes,
        Descriptors => channel.Descriptors,
        ErrorAddress => channel.ErrorAddress,
        BusErrors => channel.BusErrors,
        Translation => channel.Translation,
        DeviceId => channel.DeviceId,
        _ => 0,
    };

    private ulong ReadRegister(ulong register, TransactionAttributes by)
    {
        if (Locate(register, MarkersOffset) is { } marked)
        {
            return marked.Marker?.Read(register % PageStride, by) ?? 0;
        }

        if (Locate(register, ChannelsOffset) is { } channel)
        {
            return ReadChannel(channel, register % PageStride);
        }

        return register switch
        {
            Capabilities => (uint)_channels.Length | ((uint)_configuration.BeatBytes << 8),
            Interrupts => InterruptBits(),
            _ => 0,
        };
    }

    private void WriteRegister(ulong register, ulong value, ulong mask, TransactionAttributes by)
    {
        if (Locate(register, MarkersOffset) is { } marked)
        {
            if (marked.Marker?.Write(register % PageStride, value, mask, by) == true)
            {
                // Every cached answer of this channel belongs to the old world (worldguard.md section 7).
                _tlb.FlushContexts(ContextsOf(marked));
            }
        }
        else if (Locate(register, ChannelsOffset) is { } channel)
        {
            WriteChannel(channel, register % PageStride, value, mask);
        }
    }

    private void WriteChannel(DmaChannel channel, ulong register, ulong value, ulong mask)
    {
        ulong merged = (ReadChannel(channel, register) & ~mask) | value;
        bool enabled = (channel.Control & ControlEnable) != 0;
        switch (register)
        {
            case Control:
                WriteControl(channel, merged & ControlMask);
                break;
            case Status:
                // Write one to clear: bits outside the access count as zero.
                channel.Done &= (value & StatusDone) == 0;
                channel.BusError &= (value & StatusBusError) == 0;
                if ((value & StatusError) != 0)
                {
                    channel.Error = false;
                    channel.Cause = DmaErrorCause.None;
                }

                break;
            case RingBase when !enabled:
                channel.RingBase = merged & ~(ulong)(DmaChannel.DescriptorSize - 1);
                break;
            case RingSize when !enabled:
                channel.RingSize = Math.Clamp(merged, MinimumRing, MaximumRing);
                break;
            case Translation when !enabled:
                channel.Translation = merged & TranslationMask;
                _configuration.Translator?.Clear();
                DropTranslations();
                break;
            case Tail when enabled && merged < channel.RingSize:
                channel.Tail = merged;
                break;
        }
    }

    private void WriteControl(DmaChannel channel, ulong value)
    {
        channel.Control = value;
        if ((value & ControlEnable) == 0)
        {
            channel.Abort();
            if (ReferenceEquals(_interrupted, channel))
            {
                // An answer that is still on its way finds nobody.
                _interrupted = null;
                if (_translating)
                {
                    _configuration.Translator!.Cancel();
                }
            }
        }
        else if ((value & ControlRun) != 0)
        {
            channel.Stopped = false;
        }
    }

    private static ulong ContextsOf(DmaChannel channel) => ((1UL << ContextsPerChannel) - 1) << (channel.Number * ContextsPerChannel);

    private DmaChannel? Locate(ulong register, ulong start)
    {
        ulong number = (register - start) / PageStride;
        return register >= start && number < (ulong)_channels.Length ? _channels[number] : null;
    }

    private ulong InterruptBits()
    {
        ulong bits = 0;
        foreach (DmaChannel channel in _channels)
        {
            bits |= Interrupting(channel) ? 1UL << channel.Number : 0;
        }

        return bits;
    }

    private void UpdateLine()
    {
        bool level = InterruptBits() != 0;
        if (level != _level)
        {
            _level = level;
            _interrupt.Set(level, this);
        }
    }
}
