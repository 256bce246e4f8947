namespace Soc.Topology.Yaml;

/// <summary>Reads how DMA engines and virtio devices are connected to an IOMMU.</summary>
internal sealed class DmaIommuReader(TopologyContext context)
{
    // Every device id of an IOMMU names one channel.
    private readonly Dictionary<(string Iommu, uint DeviceId), string> _taken = [];
    private readonly List<(MapReader Map, string Iommu, bool Ats)> _connections = [];

    /// <summary>The connection of an engine; null when it has none.</summary>
    /// <param name="engine">The engine's mapping.</param>
    /// <param name="name">The engine.</param>
    /// <param name="channels">Its channels.</param>
    public DmaIommuDescription? Read(MapReader engine, string name, int channels)
    {
        if (engine.OptionalMap("iommu") is not { } map)
        {
            return null;
        }

        string iommu = map.Text("name", "name the IOMMU, such as 'name: iommu0'");
        bool ats = map.OptionalBoolean("ats") ?? false;
        bool pages = map.OptionalBoolean("page-requests") ?? false;
        if (pages && !ats)
        {
            map.Report("page-requests", "page requests are made by devices that use ATS", "add 'ats: true', or remove 'page-requests'");
        }

        var connection = new DmaIommuDescription
        {
            Iommu = iommu,
            DeviceIds = ReadDevices(map, iommu, name, channels),
            ProcessIds = ReadProcesses(map, channels),
            Ats = ats,
            PageRequests = pages,
            Entries = map.OptionalInteger("entries", 4, 4096) ?? 64,
        };
        _connections.Add((map, iommu, ats));
        map.Finish();
        return connection;
    }

    /// <summary>The connection of a virtio device; null when it has none. Such a device has one id, neither processes nor ATS.</summary>
    /// <param name="device">The device's mapping.</param>
    /// <param name="name">The device.</param>
    public DmaIommuDescription? Read(MapReader device, string name)
    {
        if (device.OptionalMap("iommu") is not { } map)
        {
            return null;
        }

        string iommu = map.Text("name", "name the IOMMU, such as 'name: iommu0'");
        var connection = new DmaIommuDescription
        {
            Iommu = iommu,
            DeviceIds = ReadDevices(map, iommu, name, 1),
            Entries = map.OptionalInteger("entries", 4, 4096) ?? 64,
        };
        _connections.Add((map, iommu, false));
        map.Finish();
        return connection;
    }

    /// <summary>Checks the connections against the IOMMUs that there are.</summary>
    public void Check(IReadOnlyList<IommuDescription> iommus)
    {
        foreach ((MapReader map, string name, bool ats) in _connections)
        {
            IommuDescription? iommu = iommus.FirstOrDefault(each => each.Name == name);
            if (iommu is null && name.Length > 0)
            {
                map.Report(
                    "name", $"there is no IOMMU '{name}'",
                    iommus.Count == 0 ? "add an 'iommus:' section" : $"use one of: {string.Join(", ", iommus.Select(each => each.Name))}");
            }
            else if (iommu is { } found && ats && !found.Configuration.Capabilities.Ats)
            {
                map.Report("ats", $"'{name}' has no ATS", $"write 'ats: true' at '{name}', or remove it here");
            }
        }
    }

    private List<uint> ReadDevices(MapReader map, string iommu, string engine, int channels)
    {
        string expected = channels == 1
            ? "give the device id, from 0 to 0xff_ffff"
            : "give the device id of the first channel, or a list with one for each channel, from 0 to 0xff_ffff";
        if (!map.Has("device-id"))
        {
            map.Report("device-id", "is missing", expected);
        }

        List<uint> ids = [];
        foreach ((string text, SourceMark mark) in map.OptionalTexts("device-id", expected) ?? [])
        {
            if (!Quantity.TryInteger(text, out ulong id) || id > 0xFFFFFF)
            {
                context.Mistakes.Add(mark, map.FieldOf("device-id"), $"'{text}' is no device id", expected);
                continue;
            }

            ids.Add((uint)id);
        }

        if (ids.Count == 1)
        {
            ids.AddRange(Enumerable.Range(1, channels - 1).Select(channel => (ids[0] + (uint)channel) & 0xFFFFFF));
        }
        else if (ids.Count != channels && ids.Count > 0)
        {
            map.Report("device-id", $"{ids.Count} device ids are listed for {(channels == 1 ? "one device" : $"{channels} channels")}", expected);
        }

        while (ids.Count < channels)
        {
            ids.Add(0);
        }

        foreach (uint id in ids.Take(channels))
        {
            if (!_taken.TryAdd((iommu, id), engine) && map.Has("device-id"))
            {
                map.Report("device-id", $"device id {id} of '{iommu}' belongs to a channel of '{_taken[(iommu, id)]}' already", "give every channel an id of its own");
                break;
            }
        }

        return ids;
    }

    private List<uint?> ReadProcesses(MapReader map, int channels)
    {
        const string expected = "give a process id from 0 to 0xf_ffff, or a list with one, or 'none', for each channel";
        List<uint?> ids = [];
        foreach ((string text, SourceMark mark) in map.OptionalTexts("process-id", expected) ?? [])
        {
            if (text == "none")
            {
                ids.Add(null);
            }
            else if (Quantity.TryInteger(text, out ulong id) && id <= 0xFFFFF)
            {
                ids.Add((uint)id);
            }
            else
            {
                context.Mistakes.Add(mark, map.FieldOf("process-id"), $"'{text}' is no process id", expected);
            }
        }

        if (ids.Count == 1)
        {
            ids.AddRange(Enumerable.Repeat(ids[0], channels - 1));
        }
        else if (ids.Count != 0 && ids.Count != channels)
        {
            map.Report("process-id", $"{ids.Count} process ids are listed for {channels} channels", expected);
        }

        return ids;
    }
}
