using System.Buffers.Binary;

namespace Soc.Devices.Dma;

/// <summary>State of one channel: its registers and the descriptor in progress.</summary>
internal sealed class DmaChannel(int number, uint deviceId, ulong translation, DmaWidMarker? marker)
{
    public const ulong TranslationAts = 1 << 0;
    public const ulong TranslationPages = 1 << 1;
    public const ulong TranslationProcess = 1 << 2;
    public const ulong TranslationSupervisor = 1 << 3;
    public const int TranslationProcessShift = 12;

    public const int DescriptorSize = 32;

    public int Number { get; } = number;

    public uint DeviceId { get; } = deviceId;

    /// <summary>Register TRANSLATION; <see cref="Reset"/> gives it the reset value.</summary>
    public ulong Translation { get; set; }

    /// <summary>A page request is under way: the channel sleeps until its answer.</summary>
    public bool AwaitsPage { get; set; }

    /// <summary>The last page request was granted; a second refusal of the same access is an error.</summary>
    public bool PageGranted { get; set; }

    public DmaWidMarker? Marker { get; } = marker;

    public ulong Control { get; set; }

    public bool Done { get; set; }

    public bool Error { get; set; }

    public bool BusError { get; set; }

    public bool Stopped { get; set; }

    public DmaErrorCause Cause { get; set; }

    public ulong RingBase { get; set; }

    public ulong RingSize { get; set; } = 2;

    public ulong Head { get; set; }

    public ulong Tail { get; set; }

    public ulong CurrentIndex { get; set; }

    public ulong Progress { get; set; }

    /// <summary>Virtual time at which the current descriptor was fetched, ns.</summary>
    public ulong DescriptorStart { get; set; }

    /// <summary>Writing beats of the channel before the current descriptor.</summary>
    public ulong DescriptorFirstBeat { get; set; }

    public ulong ReadBeats { get; set; }

    public ulong WriteBeats { get; set; }

    public ulong Bytes { get; set; }

    public ulong Descriptors { get; set; }

    public ulong ErrorAddress { get; set; }

    public ulong BusErrors { get; set; }

    public DmaPhase Phase { get; set; }

    public ulong Source { get; private set; }

    public ulong Destination { get; private set; }

    public uint Length { get; private set; }

    public uint Flags { get; private set; }

    /// <summary>Error of the descriptor in progress.</summary>
    public DmaErrorCause DescriptorCause { get; set; }

    /// <summary>The transfer in progress: a descriptor or one half of a beat.</summary>
    public byte[] Buffer { get; } = new byte[64];

    public ulong TransferAddress { get; set; }

    public int TransferLength { get; set; }

    public int Transferred { get; set; }

    /// <summary>Largest piece of a beat in bytes, from the descriptor's WIDTH.</summary>
    public int PieceLimit { get; private set; } = 8;

    public void Parse()
    {
        ReadOnlySpan<byte> descriptor = Buffer;
        Source = BinaryPrimitives.ReadUInt64LittleEndian(descriptor);
        Destination = BinaryPrimitives.ReadUInt64LittleEndian(descriptor[8..]);
        Length = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[16..]);
        Flags = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[20..]);
        PieceLimit = 8 >> (int)((Flags >> 4) & 3);
    }

    public void Begin(DmaPhase phase, ulong address, int length)
    {
        Phase = phase;
        TransferAddress = address;
        TransferLength = length;
        Transferred = 0;
        if (phase is DmaPhase.ReadDescriptor or DmaPhase.WriteDescriptor)
        {
            PieceLimit = 8;
        }
    }

    /// <summary>Drops the descriptor in progress and empties the ring.</summary>
    public void Abort()
    {
        Phase = DmaPhase.Idle;
        Head = Tail = 0;
        Stopped = false;
        AwaitsPage = PageGranted = false;
    }

    public void Reset()
    {
        Abort();
        Marker?.Reset();
        Control = 0;
        Done = Error = BusError = false;
        Cause = DescriptorCause = DmaErrorCause.None;
        RingBase = CurrentIndex = Progress = ReadBeats = WriteBeats = Bytes = Descriptors = ErrorAddress = BusErrors = 0;
        RingSize = 2;
        Translation = translation;
    }

    /// <summary>The access at an address as a translator sees it.</summary>
    public DmaAccess AccessOf(ulong address, Memory.AccessKind kind, int size) => new(Number, DeviceId, address, kind)
    {
        Ats = (Translation & TranslationAts) != 0,
        HasProcessId = (Translation & TranslationProcess) != 0,
        ProcessId = (Translation & TranslationProcess) != 0 ? (uint)(Translation >> TranslationProcessShift) & 0xFFFFF : 0,
        Supervisor = (Translation & (TranslationProcess | TranslationSupervisor)) == (TranslationProcess | TranslationSupervisor),
        Size = size,
    };

    /// <summary>The writing half of the beat under way is given up before its first piece; the whole beat is made again.</summary>
    public void DropHalf()
    {
        if (Phase == DmaPhase.WriteDestination && Transferred == 0)
        {
            Phase = DmaPhase.NextBeat;
        }
    }
}
