using Soc.Devices;

namespace Soc.Topology.DeviceTree;

/// <content>
/// The Advanced Interrupt Architecture and the IOMMU (bindings interrupt-controller/riscv,aplic.yaml and riscv,imsics.yaml, iommu/riscv,iommu.yaml).
/// </content>
public sealed partial class DeviceTreeGenerator
{
    // Flags of an interrupt with two cells (dt-bindings/interrupt-controller/irq.h).
    private const uint LevelHigh = 4;
    private readonly Dictionary<DeviceKind, uint> _advanced = [];
    private readonly Dictionary<string, uint> _iommus = [];

    private static bool IsController(DeviceKind kind) => kind is DeviceKind.Plic or
        DeviceKind.AplicMachine or DeviceKind.AplicSupervisor or DeviceKind.ImsicMachine or DeviceKind.ImsicSupervisor;

    /// <summary>Handles of the parts, which refer to each other.</summary>
    private void NumberAdvanced()
    {
        foreach (DeviceDescription device in _topology.Devices.Where(device => IsController(device.Kind) && device.Kind != DeviceKind.Plic))
        {
            _advanced.Add(device.Kind, NewHandle());
        }

        foreach (DeviceKind kind in new[] { DeviceKind.AplicMachine, DeviceKind.AplicSupervisor })
        {
            if (_advanced.TryGetValue(kind, out uint handle))
            {
                // Kernels have the domain of their own level: firmware delegates all to it.
                _interruptController = handle;
                _isLevelNamed = true;
            }
        }
    }

    private void AddImsic(DeviceDescription device)
    {
        HartInterruptLine line = device.Kind == DeviceKind.ImsicMachine ? HartInterruptLine.MachineExternal : HartInterruptLine.SupervisorExternal;
        Provider(Block("imsics", device, "riscv,imsics"), 0, _advanced[device.Kind])
            .Flag("msi-controller")
            .Cells("#msi-cells", 0)
            .Cells("interrupts-extended", LocalInterrupts(line))
            .Cells("riscv,num-ids", (uint)device.Sources);
    }

    private void AddAplic(DeviceDescription device)
    {
        bool isRoot = device.Kind == DeviceKind.AplicMachine;
        uint sources = (uint)_topology.Devices.First(each => each.Kind == DeviceKind.AplicMachine).Sources;
        DeviceTreeNode node = Provider(Block("aplic", device, "riscv,aplic"), 2, _advanced[device.Kind]).Cells("riscv,num-sources", sources);
        if (_advanced.TryGetValue(isRoot ? DeviceKind.ImsicMachine : DeviceKind.ImsicSupervisor, out uint files))
        {
            node.Cells("msi-parent", files);
        }
        else
        {
            node.Cells("interrupts-extended", LocalInterrupts(isRoot ? HartInterruptLine.MachineExternal : HartInterruptLine.SupervisorExternal));
        }

        if (isRoot && _advanced.TryGetValue(DeviceKind.AplicSupervisor, out uint child))
        {
            // The second name is that of an older binding, which firmware still asks for.
            node.Cells("riscv,children", child).Cells("riscv,delegation", child, 1, sources).Cells("riscv,delegate", child, 1, sources);
        }
    }

    /// <summary>A device says behind which IOMMU it stands, and which ids its accesses carry there.</summary>
    private void Translated(DeviceTreeNode node, DmaIommuDescription? behind)
    {
        if (behind is not null)
        {
            node.Cells("iommus", [.. behind.DeviceIds.SelectMany(device => new[] { _iommus[behind.Iommu], device })]);
        }
    }

    private void AddIommus()
    {
        foreach (IommuDescription iommu in _topology.Iommus)
        {
            uint handle = NewHandle();
            _iommus.Add(iommu.Name, handle);
            DeviceTreeNode node = _soc.Add(Unit("iommu", iommu.Base)).Texts("compatible", "riscv,iommu").Wide("reg", iommu.Base, IommuDescription.RegisterBlockSize)
                .Cells("#iommu-cells", 1)
                .Cells("phandle", handle);
            if (iommu.Interrupts.Count > 0 && _interruptController is { } controller)
            {
                node.Cells("interrupt-parent", controller)
                    .Cells("interrupts", [.. iommu.Interrupts.SelectMany(source => _isLevelNamed ? new[] { (uint)source, LevelHigh } : [(uint)source])]);
            }

            if (_advanced.TryGetValue(DeviceKind.ImsicSupervisor, out uint files))
            {
                node.Cells("msi-parent", files);
            }
        }
    }
}
