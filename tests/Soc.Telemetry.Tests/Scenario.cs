using Soc.Memory;
using Soc.Memory.Observation;

namespace Soc.Telemetry.Tests;

/// <summary>A small SoC's events by hand: two harts, a DMA engine and a wgChecker, one or more changes, translations and refusals.</summary>
internal sealed class Scenario : IDisposable
{
    public const int Hart0 = 0;
    public const int Hart1 = 1;
    public const int Dma = 2;
    public const int Checker = 3;

    private readonly EventRing[] _rings;
    private ulong _changes;
    private ulong _now = 1000;

    public Scenario(TelemetryOptions options, params int[] registrationOrder)
    {
        Pipeline = new TelemetryPipeline(options);
        _rings = new EventRing[4];
        foreach (int id in registrationOrder.Length == 4 ? registrationOrder : [0, 1, 2, 3])
        {
            _rings[id] = id switch
            {
                Hart0 or Hart1 => Pipeline.Register(id, $"hart{id}", "hart", "deferred"),
                Dma => Pipeline.Register(id, "dma0", "dma", "deferred"),
                _ => Pipeline.Register(id, "wgchecker-dram", "checker"),
            };
        }
    }

    public TelemetryPipeline Pipeline { get; }

    /// <summary>Called after each event; drains at odd moments in the tests that vary them.</summary>
    public Action<TelemetryPipeline>? AfterEvent { get; init; }

    public static TransactionAttributes World2 { get; } = TransactionAttributes.Specified.WithWorld(2).WithRequester(1);

    public void Write(ModelEvent item)
    {
        Assert.True(_rings[item.Source].TryWrite(item));
        AfterEvent?.Invoke(Pipeline);
    }

    /// <summary>
    /// A register write of hart 0 at t+0, its commit at t+40, three Invalidates at t+42, re-arms, acknowledgements until t+100 and the end at
    /// t+120; t is 1000 at first.
    /// </summary>
    public ulong Change(bool complete = true)
    {
        ulong id = ModelEvent.ChangeId(Checker, ++_changes);
        ulong t = _now;
        _now += 500;
        Write(new ModelEvent
        {
            Type = ModelEventType.Commit,
            Source = Checker,
            Correlation = id,
            Start = t + 20,
            End = t + 40,
            Index = 3,
            Kind = (byte)AccessKinds.Store,
            A = 0x8000_0000,
            B = 0x8000_0FFF,
            C = 0b0100,
            D = _changes,
        });
        foreach (int recipient in (int[])[Hart0, Hart1, Dma])
        {
            Write(new ModelEvent { Type = ModelEventType.InvalidateSent, Source = Checker, Correlation = id, Start = t + 42, End = t + 42, A = (ulong)recipient, B = t + 52 });
        }

        foreach (int recipient in (int[])[Dma, Hart1, Hart0])
        {
            byte parked = recipient == Hart1 ? (byte)0 : ModelEvent.Parked;
            Write(new ModelEvent
            {
                Type = ModelEventType.Rearm,
                Source = (ushort)recipient,
                Correlation = id,
                Start = t + 52,
                End = t + 60,
                Kind = (byte)AccessKinds.Store,
                Flags = parked,
                A = 0x8000_0000,
                B = 0x8000_0FFF,
                C = 256 + (ulong)recipient,
                D = (ulong)recipient,
            });
            if (complete || recipient != Hart0)
            {
                Write(new ModelEvent
                {
                    Type = ModelEventType.InvalidateAcknowledged,
                    Source = Checker,
                    Correlation = id,
                    Start = t + 42,
                    End = t + 80 + (ulong)recipient * 10,
                    Flags = parked,
                    A = (ulong)recipient,
                    B = t + 60,
                    C = 256 + (ulong)recipient,
                    D = (ulong)recipient,
                });
            }
        }

        if (complete)
        {
            Write(new ModelEvent
            {
                Type = ModelEventType.ChangeCompleted,
                Source = Checker,
                Correlation = id,
                Start = t + 40,
                End = t + 100,
                Index = 3,
                A = Hart0,
                B = 3,
                D = _changes,
            });
            Write(new ModelEvent
            {
                Type = ModelEventType.RegisterWrite,
                Source = Hart0,
                Correlation = id,
                Start = t,
                End = t + 120,
                Kind = (byte)AccessKind.Store,
                Flags = 3,
                A = 0x60,
                B = 0xC3,
                C = 0x600_0060,
                D = Checker,
            });
        }

        return id;
    }

    /// <summary>A translation of hart 1 with a walk of two levels; every number in the interval gives its details.</summary>
    public ulong Translation(bool withWalk = true, TranslationAnswer answer = TranslationAnswer.Sink)
    {
        ulong number = _rings[Hart1].NextTranslation(out bool detailed);
        ulong t = _now;
        _now += 100;
        if (detailed && withWalk)
        {
            for (ushort level = 2; level > 0; level--)
            {
                Write(new ModelEvent
                {
                    Type = ModelEventType.WalkLevel,
                    Source = Hart1,
                    Correlation = number,
                    Start = t + 20 - level * 10UL,
                    End = t + 30 - level * 10UL,
                    Index = level,
                    A = 0x4000_1234,
                    B = 0x8010_0000 + level,
                    C = 0x2000_0001,
                });
            }

            Write(new ModelEvent
            {
                Type = ModelEventType.Walk,
                Source = Hart1,
                Correlation = number,
                Start = t,
                End = t + 20,
                Index = 1,
                A = 0x4000_1234,
                B = 0x8000_0234,
                C = 2,
                D = 12,
            });
        }

        if (detailed)
        {
            Write(new ModelEvent
            {
                Type = ModelEventType.Translate,
                Source = Hart1,
                Correlation = number,
                Start = t + 20,
                End = t + 28,
                Index = 2,
                Kind = (byte)AccessKind.Store,
                Result = (byte)answer,
                A = 0x8000_0234,
                B = 0x234,
                C = 0xFFF,
                D = Checker | ((ulong)AccessKinds.Store << 32),
            });
        }

        Write(new ModelEvent
        {
            Type = ModelEventType.LazyTranslation,
            Source = Hart1,
            Correlation = number,
            Start = withWalk ? t : t + 20,
            End = t + 28,
            Index = 1,
            Kind = (byte)AccessKind.Store,
            Result = (byte)answer,
            Flags = 1,
            A = 0x4000_1234,
            B = 0x8000_0234,
            C = 0x234,
            D = Checker,
        });
        return number;
    }

    /// <summary>A refused store of hart 1, in world 2.</summary>
    public void Refusal(ulong translation = 0) => Write(new ModelEvent
    {
        Type = ModelEventType.Refused,
        Source = Hart1,
        Correlation = translation,
        Start = _now,
        End = _now++,
        Kind = (byte)AccessKind.Store,
        Index = 2,
        Result = (byte)AccessResult.Error,
        Flags = 3,
        A = 0x8000_0238,
        B = World2.ToBits(),
        C = 0x8020_0010,
        D = Checker,
    });

    /// <summary>One of everything else.</summary>
    public void Others()
    {
        ulong t = _now;
        _now += 50;
        Write(new ModelEvent { Type = ModelEventType.Trap, Source = Hart1, Start = t, End = t, A = 0x8020_0010, B = 0x238, C = 7, D = 0x8030_0000, Index = 3 });
        Write(new ModelEvent { Type = ModelEventType.Flush, Source = Hart0, Start = t + 1, End = t + 2, Kind = 2, A = 0x1000, B = 0x1FFF, C = 3, D = 1 });
        Write(new ModelEvent { Type = ModelEventType.DmaDescriptor, Source = Dma, Start = t, End = t + 40, Correlation = 1, A = 0x8100_0000, B = 0x8200_0000, C = 4096, D = 512 });
        Write(new ModelEvent { Type = ModelEventType.Interrupt, Source = Dma, Start = t + 40, End = t + 40, Index = 11, Result = 1, A = Hart0 });
        Write(new ModelEvent { Type = ModelEventType.RegisterWrite, Source = Hart0, Start = t, End = t + 9, Kind = (byte)AccessKind.Load, Flags = 3, A = 0x10, C = 0x600_0010, D = Checker });
    }

    public void Dispose() => Pipeline.Dispose();
}
