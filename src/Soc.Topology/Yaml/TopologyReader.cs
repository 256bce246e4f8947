using Soc.Tlb;

namespace Soc.Topology.Yaml;

/// <summary>From the mapping of a whole file to the model: reads each section, then checks what concerns several of them.</summary>
internal sealed class TopologyReader(string file, MapReader root, MistakeList mistakes, TopologyLoadOptions options)
{
    public SocTopology Read()
    {
        var context = new TopologyContext(file, root, mistakes, options);
        var machine = new MachineReader(context);
        var memoryReader = new MemoryReader(context);
        var deviceReader = new DeviceReader(context);
        var imageReader = new ImageReader(context);
        string name = root.Text("soc", "give the SoC a name, such as 'soc: quad'");
        RunMode mode = root.OptionalChoice("mode", Choices.Modes) ?? RunMode.Lockstep;
        bool parallel = root.OptionalBoolean("parallel") ?? false;
        if (parallel && mode == RunMode.Free)
        {
            root.Report("parallel", "free mode is always parallel", "remove 'parallel', or use 'mode: lockstep'");
        }

        ulong quantum = root.Optional<ulong>("quantum", Quantity.TryTime, Hints.Time) ?? 1_000;
        if (quantum == 0)
        {
            root.Report("quantum", "a window of no time would never end", "give at least 1ns; 1us is usual");
        }

        ulong seed = root.Optional<ulong>("seed", Quantity.TryInteger, "give a whole number, 0 for the plain order") ?? 0;
        GuaranteeLevel guarantee = root.OptionalChoice("guarantee", Choices.Guarantees) ?? GuaranteeLevel.Acknowledged;
        TlbStrategy strategy = root.OptionalChoice("strategy", Choices.Strategies) ?? TlbStrategy.Deferred;
        SecondAddendPolicy secondAddend = root.OptionalChoice("second-addend", Choices.SecondAddends) ?? SecondAddendPolicy.Degrade;
        InvalidationGranularity invalidation = root.OptionalChoice("invalidation", Choices.Invalidations) ?? InvalidationGranularity.Rearm;
        ulong timebase = machine.ReadClock();
        TimingDescription timing = machine.ReadTiming();
        context.WorldGuard = machine.ReadWorldGuard();
        List<HartDescription> harts = new HartReader(context).Read();
        context.HartCount = harts.Count;
        List<MemoryDescription> memories = [.. root.Maps("memories").Select(memoryReader.Read)];
        List<DeviceDescription> devices = deviceReader.Read();
        var connections = new DmaIommuReader(context);
        List<DmaDescription> engines = [.. root.Maps("dma").Select(new DmaReader(context, connections).Read)];
        List<VirtioDescription> virtio = [.. root.Maps("virtio").Select(new VirtioReader(context, connections).Read)];
        List<IommuDescription> iommus = [.. root.Maps("iommus").Select(new IommuReader(context).Read)];
        connections.Check(iommus);

        // Checkers come last: their registers are not protected by checkers.
        List<string> protectable = [.. context.Names];
        List<string> initiators = [.. harts.Select(hart => hart.Name), .. engines.Select(engine => engine.Name), .. virtio.Select(device => device.Name)];
        var checkerReader = new CheckerReader(context, protectable, [.. initiators, .. iommus.Select(iommu => iommu.Name)]);
        List<CheckerDescription> checkers = [.. root.Maps("checkers").Select(checkerReader.Read).OfType<CheckerDescription>()];
        memoryReader.CheckExist(memories);
        context.CheckRanges();
        context.CheckInterrupts(devices);
        List<ImageDescription> images = imageReader.Read(memories);
        BootDescription? boot = new BootReader(context).Read(harts, memories);
        imageReader.CheckResetVectors(harts, memories, images, boot);
        string? console = deviceReader.ReadConsole(devices);
        ulong? watchdog = root.Optional<ulong>("watchdog", Quantity.TryTime, Hints.Time);
        List<FaultDescription> faults = ReadFaults(
            initiators, [.. checkers.Select(checker => checker.Name), .. iommus.Select(iommu => iommu.Name)]);
        root.Finish();
        return new SocTopology
        {
            File = file,
            Name = name,
            Mode = mode,
            Parallel = parallel,
            Quantum = quantum,
            Seed = seed,
            Guarantee = guarantee,
            Strategy = strategy,
            SecondAddend = secondAddend,
            Invalidation = invalidation,
            Timebase = timebase,
            Timing = timing,
            WorldGuard = context.WorldGuard,
            Harts = harts,
            Memories = memories,
            Devices = devices,
            DmaEngines = engines,
            VirtioDevices = virtio,
            Boot = boot,
            Checkers = checkers,
            Iommus = iommus,
            Images = images,
            Console = console,
            Watchdog = watchdog,
            Faults = faults,
        };
    }

    private List<FaultDescription> ReadFaults(List<string> initiators, IEnumerable<string> owners)
    {
        var reader = new FaultReader([.. initiators, .. owners], initiators);
        return
        [
            .. root.Maps("faults").Select(reader.Read).OfType<FaultDescription>(),
            .. options.Faults.Select(text => reader.Read(text, mistakes)).OfType<FaultDescription>(),
        ];
    }
}
