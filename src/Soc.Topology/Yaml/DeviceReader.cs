using Soc.Devices;
using Soc.Devices.Aia;

namespace Soc.Topology.Yaml;

/// <summary>Reads passive devices.</summary>
internal sealed class DeviceReader(TopologyContext context)
{
    // Eight byte-wide registers; nothing else shares their page.
    private const ulong UartRegionSize = 8;

    // Two chips' erase blocks, and a size that both can say.
    private const ulong SmallestFlash = 0x40000;
    private const ulong LargestFlash = 0x1000_0000;
    private const ulong DefaultFlashSize = 0x200_0000;

    /// <summary>Reads all devices.</summary>
    public List<DeviceDescription> Read()
    {
        List<DeviceDescription> devices = [];
        foreach (MapReader map in context.Root.Maps("devices"))
        {
            string name = context.ReadName(map);
            DeviceKind? kind = map.RequiredChoice("kind", Choices.Devices);
            ulong start = map.Required<ulong>("base", Quantity.TryInteger, Hints.Address);
            int? interrupt = null;
            int sources = 0;
            IReadOnlyList<int> edgeSources = [];
            if (kind is DeviceKind.Ns16550 or DeviceKind.GoldfishRtc)
            {
                interrupt = context.ReadInterrupt(map, name);
            }
            else if (map.Has("interrupt"))
            {
                map.Report("interrupt", "this kind of device has no interrupt source at the PLIC", "remove 'interrupt'");
            }

            if (kind is DeviceKind.Plic or DeviceKind.AplicMachine)
            {
                sources = map.OptionalInteger("sources", 1, 1023) ?? 96;
            }

            if (kind is DeviceKind.Plic)
            {
                edgeSources = context.ReadEdgeSources(map, sources);
            }

            if (kind is DeviceKind.ImsicMachine or DeviceKind.ImsicSupervisor)
            {
                sources = map.OptionalInteger("identities", 63, 2047) ?? 255;
                if ((sources & 63) != 63)
                {
                    map.Report("identities", $"a file has no {sources} identities", "use 63, 127, 255, 511, 1023, 2047 or another multiple of 64, minus one");
                }
            }

            ulong flashSize = DefaultFlashSize;
            string? image = null;
            bool isWritable = false;
            if (kind is DeviceKind.CfiFlash)
            {
                flashSize = ReadFlashSize(map);
                image = map.OptionalText("image", "name a raw file that fills the flash") is { } path ? context.Locate(path) : null;
                isWritable = map.OptionalBoolean("writable") ?? false;
            }

            map.Finish();
            if (kind is not { } known)
            {
                continue;
            }

            ulong size = known == DeviceKind.CfiFlash ? flashSize : SizeOf(known);
            map.Aligned("base", start, TopologyContext.PageSize);
            context.Claimed(map, name, start, size);
            if (devices.Find(other => Same(other.Kind, known)) is { } twin)
            {
                map.Report("kind", $"does the work of '{twin.Name}' (line {twin.Mark.Line}) a second time", "keep one of them");
            }

            devices.Add(new DeviceDescription
            {
                Name = name,
                Kind = known,
                Base = start,
                Size = size,
                Interrupt = interrupt,
                Sources = sources,
                EdgeSources = edgeSources,
                Image = image,
                IsWritable = isWritable,
                Mark = map.Mark,
            });
        }

        if (devices.Find(device => device.Kind == DeviceKind.AplicSupervisor) is { } child && !devices.Exists(device => device.Kind == DeviceKind.AplicMachine))
        {
            context.Mistakes.Add(child.Mark, "devices.kind", $"'{child.Name}' is the child of a controller that is not there", "add a device of 'kind: aplic-machine'");
        }

        return devices;
    }

    private static ulong ReadFlashSize(MapReader map)
    {
        ulong size = map.Optional<ulong>("size", Quantity.TrySize, Hints.Size) ?? DefaultFlashSize;
        if (!ulong.IsPow2(size) || size is < SmallestFlash or > LargestFlash)
        {
            map.Report("size", $"a flash of {size} bytes cannot describe itself", "give a power of two from 256KiB to 256MiB");
            return DefaultFlashSize;
        }

        return size;
    }

    /// <summary>Whether a SoC can have only one of the two: one PLIC, one source of each kind of local interrupt, one finisher.</summary>
    private static bool Same(DeviceKind left, DeviceKind right) =>
        (left == right && left is not (DeviceKind.Ns16550 or DeviceKind.Scratch or DeviceKind.CfiFlash))
        || (left == DeviceKind.Plic && right == DeviceKind.AplicMachine)
        || (right == DeviceKind.Plic && left == DeviceKind.AplicMachine)
        || (left == DeviceKind.Clint && right is DeviceKind.AclintMswi or DeviceKind.AclintMtimer)
        || (right == DeviceKind.Clint && left is DeviceKind.AclintMswi or DeviceKind.AclintMtimer);

    private ulong SizeOf(DeviceKind kind) => kind switch
    {
        DeviceKind.Ns16550 => UartRegionSize,
        DeviceKind.Clint => Clint.RegionSize,
        DeviceKind.AclintMswi => AclintMswi.RegionSize,
        DeviceKind.AclintMtimer => AclintMtimer.RegionSize,
        DeviceKind.AclintSswi => AclintSswi.RegionSize,
        DeviceKind.Plic => Plic.RegionSize,
        DeviceKind.TestFinisher => TestFinisher.RegionSize,
        DeviceKind.StudyPort => StudyPort.RegionSize,
        DeviceKind.Scratch => ScratchDevice.RegionSize,
        DeviceKind.GoldfishRtc => GoldfishRtc.RegionSize,
        DeviceKind.Syscon => Syscon.RegionSize,
        DeviceKind.AplicMachine or DeviceKind.AplicSupervisor => AplicDomain.SizeFor(context.HartCount),
        DeviceKind.ImsicMachine or DeviceKind.ImsicSupervisor => TopologyContext.PageSize * (ulong)Math.Max(1, context.HartCount),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown device kind"),
    };

    /// <summary>The UART that is the console; null for none.</summary>
    public string? ReadConsole(List<DeviceDescription> devices)
    {
        List<string> uarts = [.. devices.Where(device => device.Kind == DeviceKind.Ns16550).Select(device => device.Name)];
        if (context.Root.OptionalText("console", "name a UART") is not { } name)
        {
            return uarts.FirstOrDefault();
        }

        if (name == "none")
        {
            return null;
        }

        if (!uarts.Contains(name))
        {
            context.Root.Report("console", $"there is no UART '{name}'", uarts.Count > 0 ? $"use one of: {string.Join(", ", uarts)}, or none" : "add one under 'devices:', or write none");
        }

        return name;
    }
}
