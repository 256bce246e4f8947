using Soc.Actors.Summary;
using Soc.Devices.Dma;
using Soc.Devices.Virtio;
using Soc.Iommu;
using Soc.Memory;
using Soc.Memory.Observation;
using Soc.RiscV;
using Soc.Tlb;
using Soc.Topology;

namespace Soc.Actors.Agents;

/// <summary>Connects the stale-translation sanitizer to a SoC, and makes of its reports what people read.</summary>
internal static class SanitizerSetup
{
    /// <summary>Lets every initiator of a SoC be watched from reset on.</summary>
    public static Sanitizer Attach(SystemModel model, EventRing?[] rings)
    {
        var sanitizer = new Sanitizer(model.Agents.Count) { Reported = use => Trace(use, rings) };
        foreach (Hart hart in model.Harts)
        {
            hart.UseSanitizer(sanitizer);
        }

        foreach (IommuUnit iommu in model.Iommus)
        {
            iommu.Sanitizer = new IommuSanitizer(sanitizer, iommu.Model, iommu, iommu.Space);
        }

        foreach (DmaEngine engine in model.DmaEngines)
        {
            engine.Tlb.Monitor = model.TranslatorOf(engine.InitiatorId) is { } translator
                ? Watch(model, engine, engine.Space, translator, access => engine.AccessOf(access.Context, access.VirtualAddress, access.Kind, access.Size))
                : new InitiatorMonitor(engine, engine.Space, sanitizer);
        }

        foreach (VirtioMmio device in model.VirtioDevices)
        {
            device.Tlb.Monitor = model.TranslatorOf(device.InitiatorId) is { } translator
                ? Watch(model, device, device.Space, translator, access => device.AccessOf(access.VirtualAddress, access.Kind, access.Size))
                : new InitiatorMonitor(device, device.Space, sanitizer);
        }

        return sanitizer;
    }

    /// <summary>The end of a run: a guest that passed has failed when there are reports.</summary>
    public static RunEnd Judge(RunEnd end, Sanitizer? sanitizer)
    {
        if (sanitizer is null || sanitizer.Reports.Count == 0 || end.ExitCode != 0)
        {
            return end;
        }

        string reports = sanitizer.Reports.Count == 1 ? "1 stale use" : $"{sanitizer.Reports.Count} stale uses";
        return end with { ExitCode = RunEnd.StaleUseExitCode, Reason = $"the guest passed, but the sanitizer found {reports}" };
    }

    /// <summary>The reports with names and symbols.</summary>
    public static SanitizerSummary? Summarize(SystemModel model, Sanitizer? sanitizer) => sanitizer is null ? null : new SanitizerSummary
    {
        Compared = sanitizer.Compared,
        Allowed = sanitizer.Allowed,
        Dropped = sanitizer.Dropped,
        Partial = sanitizer.IsPartial,
        Reports = [.. sanitizer.Reports.Zip(sanitizer.Counts, (use, count) => Of(model, use, count))],
    };

    private static StaleUseSummary Of(SystemModel model, StaleUse use, ulong count) => new()
    {
        Cause = use.Cause.ToWord(),
        Initiator = model.Agents[use.Initiator].Name,
        ProgramCounter = Hex(use.ProgramCounter),
        Symbol = model.Symbolize(use.ProgramCounter) ?? string.Empty,
        Kind = use.Kind.ToString().ToLowerInvariant(),
        Address = Hex(use.VirtualAddress),
        Time = use.Time,
        Cached = use.Cached,
        Truth = use.Truth,
        Written = use.Written,
        Writer = model.Agents[use.Write.Initiator].Name,
        WriterProgramCounter = Hex(use.Write.ProgramCounter),
        WriterSymbol = model.Symbolize(use.Write.ProgramCounter) ?? string.Empty,
        WriterTime = use.Write.Time,
        Missing = use.Missing,
        Count = count,
    };

    private static DeviceMonitor Watch(
        SystemModel model, IInitiator device, AddressSpace space, IommuTranslator translator, Func<MonitoredAccess, DmaAccess> accessOf)
    {
        IommuSanitizer iommu = model.Iommus.First(unit => unit.InitiatorId == translator.Iommu).Sanitizer!;
        translator.Sanitizer = iommu;
        return new DeviceMonitor(device, space, translator.Tlb, iommu, access =>
        {
            DmaAccess beat = accessOf(access);
            return (IommuTranslator.RequestOf(beat), beat.Ats);
        });
    }

    private static void Trace(StaleUse use, EventRing?[] rings) => rings[use.Initiator]?.TryWrite(new ModelEvent
    {
        Type = ModelEventType.StaleUse,
        Source = (ushort)use.Initiator,
        Correlation = use.Change,
        Start = Math.Min(use.Write.Time, use.Time),
        End = use.Time,
        Kind = (byte)use.Kind,
        Index = (ushort)use.Cause,
        A = use.VirtualAddress,
        B = use.ProgramCounter,
        C = use.Write.ProgramCounter,
        D = (ulong)use.Write.Initiator,
    });

    private static string Hex(ulong value) => $"0x{value:x}";
}
