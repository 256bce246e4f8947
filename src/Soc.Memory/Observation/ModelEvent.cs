using System.Runtime.InteropServices;

namespace Soc.Memory.Observation;

/// <summary>
/// One thing that happened in the model, in 64 bytes: what initiators and checkers write for whoever watches. Plain numbers only, so that
/// writing one costs a copy. <see cref="ModelEventType"/> says what each field means for each type.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ModelEvent
{
    /// <summary>In place of an agent number: nobody.</summary>
    public const ulong NoAgent = ulong.MaxValue;

    /// <summary>Flag of <see cref="ModelEventType.Rearm"/> and <see cref="ModelEventType.InvalidateAcknowledged"/>: the recipient was parked.</summary>
    public const byte Parked = 1;

    /// <summary>Virtual time in ns at which it began.</summary>
    public ulong Start { get; init; }

    /// <summary>Virtual time in ns at which it ended; not before <see cref="Start"/>.</summary>
    public ulong End { get; init; }

    /// <summary>What belongs together: a translation of the source, or a configuration change (<see cref="ChangeId"/>). 0 for neither.</summary>
    public ulong Correlation { get; init; }

    /// <summary>First payload word.</summary>
    public ulong A { get; init; }

    /// <summary>Second payload word.</summary>
    public ulong B { get; init; }

    /// <summary>Third payload word.</summary>
    public ulong C { get; init; }

    /// <summary>Fourth payload word.</summary>
    public ulong D { get; init; }

    /// <summary>Agent number of the writer, as in <see cref="IInitiator.InitiatorId"/> and <see cref="IommuRegion.Owner"/>.</summary>
    public ushort Source { get; init; }

    /// <summary>Context, configuration index, level, channel or number.</summary>
    public ushort Index { get; init; }

    /// <summary>What happened.</summary>
    public ModelEventType Type { get; init; }

    /// <summary>An <see cref="AccessKind"/> or a set of <see cref="AccessKinds"/>.</summary>
    public byte Kind { get; init; }

    /// <summary>An <see cref="AccessResult"/>, <see cref="TranslationAnswer"/> or fault code.</summary>
    public byte Result { get; init; }

    /// <summary>Small number or bits.</summary>
    public byte Flags { get; init; }

    /// <summary>The correlation id of a configuration change: the checker's agent number above its own count of changes.</summary>
    /// <param name="owner">Agent number of the checker or IOMMU.</param>
    /// <param name="count">The owner's count of changes, from 1; 48 bits.</param>
    public static ulong ChangeId(int owner, ulong count) => ((ulong)(ushort)owner << 48) | (count & 0xFFFF_FFFF_FFFF);

    /// <summary>The agent number in a <see cref="ChangeId"/>.</summary>
    public static int OwnerOfChange(ulong changeId) => (int)(changeId >> 48);
}
