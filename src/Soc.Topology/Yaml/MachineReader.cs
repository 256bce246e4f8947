namespace Soc.Topology.Yaml;

/// <summary>Reads what concerns the whole machine: clocks, costs, worlds.</summary>
internal sealed class MachineReader(TopologyContext context)
{
    /// <summary>The clocks; the rate of mtime, Hz.</summary>
    public ulong ReadClock()
    {
        ulong timebase = 10_000_000;
        if (context.Root.OptionalMap("clock") is { } clock)
        {
            context.Frequency = clock.Optional<ulong>("frequency", Quantity.TryFrequency, Hints.Frequency) ?? context.Frequency;
            timebase = clock.Optional<ulong>("timebase", Quantity.TryFrequency, Hints.Frequency) ?? timebase;
            if (timebase > 1_000_000_000)
            {
                clock.Report("timebase", "mtime cannot count faster than once a nanosecond", "give at most 1GHz; 10MHz is usual");
            }

            clock.Finish();
        }

        return timebase;
    }

    /// <summary>What events cost.</summary>
    public TimingDescription ReadTiming()
    {
        var timing = new TimingDescription();
        if (context.Root.OptionalMap("timing") is not { } map)
        {
            return timing;
        }

        const int limit = 1_000_000;
        timing = new TimingDescription
        {
            WalkStep = map.OptionalInteger("walk-step", 0, limit) ?? timing.WalkStep,
            Translate = map.OptionalInteger("translate", 0, limit) ?? timing.Translate,
            DeviceAccess = map.OptionalInteger("device-access", 0, limit) ?? timing.DeviceAccess,
            RegisterWrite = map.Optional<ulong>("register-write", Quantity.TryTime, Hints.Time) ?? timing.RegisterWrite,
            LinkLatency = map.Optional<LatencyRange>("link-latency", Quantity.TryTimeRange, "give a time such as 50ns, or a range such as 40ns..60ns, the shorter first")
                ?? timing.LinkLatency,
        };
        map.Finish();
        return timing;
    }

    /// <summary>The worlds; null when there are none.</summary>
    public WorldGuardDescription? ReadWorldGuard()
    {
        if (context.Root.OptionalMap("worldguard") is not { } map)
        {
            return null;
        }

        int worlds = map.Integer("worlds", 1, 32);
        if ((worlds & (worlds - 1)) != 0)
        {
            map.Report("worlds", $"{worlds} is not a power of two", "use 1, 2, 4, 8, 16 or 32");
        }

        int? trusted = map.Has("trusted-wid") ? map.Integer("trusted-wid", 0, worlds - 1) : null;
        bool compatible = map.OptionalBoolean("tz-compat") ?? false;
        if (compatible)
        {
            // Harts of this version put their world into the WID field only (worldguard.md section 1, TZCompat).
            map.Report("tz-compat", "TrustZone compatibility is not supported by this version", "remove 'tz-compat', or write false");
        }

        var worldGuard = new WorldGuardDescription
        {
            Worlds = worlds,
            TrustedWid = trusted,
            HwBypass = map.OptionalBoolean("hw-bypass") ?? false,
            TzCompat = compatible,
        };
        map.Finish();
        return worldGuard;
    }
}
