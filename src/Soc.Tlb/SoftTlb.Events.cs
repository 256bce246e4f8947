using System.Runtime.CompilerServices;
using Soc.Memory;
using Soc.Memory.Observation;

namespace Soc.Tlb;

/// <content>
/// What the slow path tells whoever watches. Hits tell nothing; with no ring there is one null check per slow access.
/// </content>
public sealed unsafe partial class SoftTlb
{
    private ulong _translation;
    private ulong _translationStart;
    private bool _detailed;
    private byte _chainPosition;
    private ulong _virtualAddress;
    private int _eventContext;

    /// <summary>Where events go; null when nobody watches.</summary>
    public EventRing? Events { get; set; }

    /// <summary>Counts what slow accesses to a range of addresses cost; null when nobody studies.</summary>
    public TlbStudy? Study { get; set; }

    /// <summary>Cycles charged but not yet taken: part of the initiator's local time while an access is under way.</summary>
    public ulong PendingCycles => _cycles;

    /// <summary>Whether somebody watches the levels of the page walk under way.</summary>
    public bool TracesWalk => _detailed;

    /// <summary>Tells of one level of the page walk under way; called by the walker when <see cref="TracesWalk"/>.</summary>
    /// <param name="level">Level, the root has the highest.</param>
    /// <param name="kind">Kind of the access.</param>
    /// <param name="entryAddress">Physical address of the entry.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="fault">Fault code, 0 when the walk went on or ended well here.</param>
    public void TraceWalkLevel(int level, AccessKind kind, ulong entryAddress, ulong entry, int fault)
    {
        Events!.TryWrite(new ModelEvent
        {
            Type = ModelEventType.WalkLevel,
            Source = (ushort)_initiator.InitiatorId,
            Correlation = _translation,
            Start = _initiator.Now,
            End = _initiator.Now,
            Kind = (byte)kind,
            Index = (ushort)level,
            Result = (byte)fault,
            A = _virtualAddress,
            B = entryAddress,
            C = entry,
        });
    }

    /// <summary>Tells of a flush: everything (0), some contexts (1) or a page (2).</summary>
    private void TraceFlush(byte what, ulong first, ulong last, ulong contexts) => Events?.TryWrite(new ModelEvent
    {
        Type = ModelEventType.Flush,
        Source = (ushort)_initiator.InitiatorId,
        Start = _initiator.Now,
        End = _initiator.Now,
        Kind = what,
        A = first,
        B = last,
        C = contexts,
    });

    /// <summary>A slow access begins; its walk and its lazy translation belong together.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void BeginTranslation(int context, ulong virtualAddress)
    {
        if (Events is not null || Study is not null)
        {
            BeginWatchedTranslation(context, virtualAddress);
        }
    }

    private void BeginWatchedTranslation(int context, ulong virtualAddress)
    {
        Study?.Enter(virtualAddress, Statistics);
        if (Events is not null)
        {
            _translation = 0;
            _detailed = false;
            _chainPosition = 0;
            _translationStart = _initiator.Now;
            _virtualAddress = virtualAddress;
            _eventContext = context;
        }
    }

    /// <summary>Numbers the translation when there is something to tell of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void NumberTranslation()
    {
        if (Events is { } ring && _translation == 0)
        {
            _translation = ring.NextTranslation(out _detailed);
        }
    }

    private void TraceWalk(AccessKind kind, int code, in PageWalk walk)
    {
        // A walk that reads no table (M-mode, a DMA engine) is no walk to anybody who looks at a trace.
        if (_detailed && (walk.Reads > 0 || code != 0))
        {
            Events!.TryWrite(new ModelEvent
            {
                Type = ModelEventType.Walk,
                Source = (ushort)_initiator.InitiatorId,
                Correlation = _translation,
                Start = _translationStart,
                End = _initiator.Now,
                Kind = (byte)kind,
                Index = (ushort)_eventContext,
                Result = (byte)code,
                A = _virtualAddress,
                B = code == 0 ? walk.PhysicalAddress : 0,
                C = (ulong)walk.Reads,
                D = (ulong)walk.Log2Size,
            });
        }
    }

    private void TraceTranslate(IommuRegion region, int index, AccessKind kind, ulong offset, in IommuTranslation answer)
    {
        if (_detailed)
        {
            ulong address = answer.Target is null ? 0 : answer.Apply(offset);
            Events!.TryWrite(new ModelEvent
            {
                Type = ModelEventType.Translate,
                Source = (ushort)_initiator.InitiatorId,
                Correlation = _translation,
                Start = _initiator.Now,
                End = _initiator.Now,
                Kind = (byte)kind,
                Index = (ushort)index,
                Result = (byte)(answer.Target is null ? TranslationAnswer.Nothing : AnswerOf(answer.Target.Find(address), kind)),
                Flags = _chainPosition++,
                A = offset,
                B = address,
                C = answer.Mask,
                D = (uint)region.Owner | ((ulong)answer.Permissions << 32),
            });
        }
    }

    private void TraceLazyTranslation(AccessKind kind, ulong physicalAddress, AccessResult result, in ResolvedAccess answer)
    {
        Events?.TryWrite(new ModelEvent
        {
            Type = ModelEventType.LazyTranslation,
            Source = (ushort)_initiator.InitiatorId,
            Correlation = _translation,
            Start = _translationStart,
            End = _initiator.Now,
            Kind = (byte)kind,
            Index = (ushort)_eventContext,
            Result = (byte)(result == AccessResult.Ok ? AnswerOf(answer.Section, kind) : TranslationAnswer.Nothing),
            Flags = (byte)answer.Depth,
            A = _virtualAddress,
            B = physicalAddress,
            C = answer.Offset - answer.Section.OffsetInLeaf + answer.Section.Start,
            D = answer.Last is { } last ? (ulong)last.Owner : ModelEvent.NoAgent,
        });
    }

    private static TranslationAnswer AnswerOf(Section section, AccessKind kind) =>
        section.IsUnassigned ? TranslationAnswer.Nothing
        : section.Leaf is MmioRegion { Device: IBlockedSink } ? TranslationAnswer.Sink
        : section.Iommu is not null ? TranslationAnswer.Downstream
        : section.DirectMemory(kind) is not null ? TranslationAnswer.Direct
        : TranslationAnswer.Device;
}
