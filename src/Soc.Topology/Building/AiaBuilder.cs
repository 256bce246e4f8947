using Soc.Devices;
using Soc.Devices.Aia;
using Soc.Memory;

namespace Soc.Topology;

/// <summary>
/// Builds the parts of the RISC-V Advanced Interrupt Architecture that a topology has: interrupt files of one or both levels, and a controller that
/// turns wires into messages to them, or into wires of the harts when there are no files.
/// </summary>
internal sealed class AiaBuilder : IMessageSink
{
    private readonly Dictionary<DeviceKind, ImsicFile[]> _files = [];
    private readonly Aplic? _controller;
    private readonly TransactionAttributes _attributes;

    public AiaBuilder(SocTopology topology, IExternalInterruptPort port)
    {
        int harts = topology.Harts.Count;
        foreach (DeviceDescription device in topology.Devices.Where(device => device.Kind is DeviceKind.ImsicMachine or DeviceKind.ImsicSupervisor))
        {
            HartInterruptLine line = device.Kind == DeviceKind.ImsicMachine ? HartInterruptLine.MachineExternal : HartInterruptLine.SupervisorExternal;
            _files.Add(device.Kind, [.. Enumerable.Range(0, harts).Select(hart => new ImsicFile(device.Sources, hart, line, port))]);
        }

        if (topology.Devices.FirstOrDefault(device => device.Kind == DeviceKind.AplicMachine) is { } controller)
        {
            _controller = new Aplic(controller.Sources, harts, port, _files.Count > 0 ? this : null);
        }

        _attributes = topology.WorldGuard is { } worlds
            ? TransactionAttributes.Specified.WithWorld((byte)worlds.EffectiveTrustedWid)
            : TransactionAttributes.Specified;
    }

    /// <summary>Where messages are stored; set when there is one.</summary>
    public AddressSpace? Bus { get; set; }

    /// <summary>The wire of a source; null when there is no controller.</summary>
    public IInterruptLine? LineOf(int source) => _controller?.LineOf(source);

    /// <summary>The registers of one of the parts.</summary>
    public IBusDevice DeviceOf(DeviceKind kind) => kind switch
    {
        DeviceKind.AplicMachine => _controller!.Machine,
        DeviceKind.AplicSupervisor => _controller!.Supervisor,
        _ => new Imsic(_files[kind]),
    };

    /// <summary>The interrupt file of a level of a hart; null when there is none.</summary>
    public IInterruptFile? FileOf(DeviceKind kind, int hart) => _files.GetValueOrDefault(kind)?[hart];

    /// <inheritdoc/>
    public void Send(ulong address, uint data, IInitiator by) => Bus?.Write(by, address, 4, _attributes, data);
}
