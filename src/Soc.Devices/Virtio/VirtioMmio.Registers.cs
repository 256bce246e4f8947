using Soc.Memory;

namespace Soc.Devices.Virtio;

/// <content>The register map; see the table at the class.</content>
public sealed partial class VirtioMmio
{
    /// <summary>Bytes of the register block; the configuration space begins at 0x100.</summary>
    public const ulong RegionSize = 0x1000;

    private const ulong ConfigurationOffset = 0x100;
    private const uint Magic = 0x74726976;
    private const uint Version = 2;
    private const uint Vendor = 0x554D4551;

    private const uint StatusDriverOk = 1 << 2;
    private const uint StatusFeaturesOk = 1 << 3;
    private const uint StatusNeedsReset = 1 << 6;

    private const uint InterruptUsedBuffer = 1 << 0;
    private const uint InterruptConfiguration = 1 << 1;

    private const ulong FeatureIndirect = 1UL << 28;
    private const ulong FeatureEventIndex = 1UL << 29;
    private const ulong FeatureVersion1 = 1UL << 32;
    private const ulong FeatureAccessPlatform = 1UL << 33;

    private uint _status;
    private uint _interruptStatus;
    private uint _deviceFeaturesSelect;
    private uint _driverFeaturesSelect;
    private uint _queueSelect;
    private ulong _driverFeatures;

    private ulong OfferedFeatures => _function.Features | FeatureIndirect | FeatureEventIndex | FeatureVersion1 |
        (_configuration.AccessPlatform ? FeatureAccessPlatform : 0);

    private VirtioQueue? Selected => _queueSelect < (uint)_queues.Length ? _queues[_queueSelect] : null;

    /// <summary>
    /// One access of the registers, in the order in which the device's actor received them. Allowed at any time between two calls of
    /// <see cref="Run"/>.
    /// </summary>
    /// <param name="access">The access, naturally aligned.</param>
    /// <param name="value">What a store writes.</param>
    public DeviceAnswer Access(in BusAccess access, ulong value)
    {
        if (access.Offset >= ConfigurationOffset)
        {
            return AccessConfiguration(access, value);
        }

        if (access.Size != 4 || access.Offset % 4 != 0)
        {
            return new DeviceAnswer(AccessResult.Error, 0);
        }

        if (access.Kind != AccessKind.Store)
        {
            return new DeviceAnswer(AccessResult.Ok, ReadRegister(access.Offset));
        }

        WriteRegister(access.Offset, (uint)value);
        return new DeviceAnswer(AccessResult.Ok, 0);
    }

    private static ulong WithLow(ulong whole, uint half) => (whole & ~0xFFFF_FFFFUL) | half;

    private static ulong WithHigh(ulong whole, uint half) => (uint)whole | ((ulong)half << 32);

    private static uint Half(ulong features, uint select) => select switch
    {
        0 => (uint)features,
        1 => (uint)(features >> 32),
        _ => 0,
    };

    private DeviceAnswer AccessConfiguration(in BusAccess access, ulong value)
    {
        int offset = (int)(access.Offset - ConfigurationOffset);
        if (access.Kind == AccessKind.Store)
        {
            for (int i = 0; i < access.Size; i++)
            {
                _function.WriteConfiguration(offset + i, (byte)(value >> (8 * i)));
            }

            return new DeviceAnswer(AccessResult.Ok, 0);
        }

        ReadOnlySpan<byte> space = _function.Configuration;
        ulong read = 0;
        for (int i = 0; i < access.Size && offset + i < space.Length; i++)
        {
            read |= (ulong)space[offset + i] << (8 * i);
        }

        return new DeviceAnswer(AccessResult.Ok, read);
    }

    private uint ReadRegister(ulong offset) => offset switch
    {
        0x000 => Magic,
        0x004 => Version,
        0x008 => _function.DeviceId,
        0x00C => Vendor,
        0x010 => Half(OfferedFeatures, _deviceFeaturesSelect),
        0x034 => (uint)(Selected?.MaximumSize ?? 0),
        0x044 => Selected is { Ready: true } ? 1u : 0,
        0x060 => _interruptStatus,
        0x070 => _status,
        0x0B0 or 0x0B4 or 0x0B8 or 0x0BC => uint.MaxValue,
        _ => 0,
    };

    private void WriteRegister(ulong offset, uint value)
    {
        switch (offset)
        {
            case 0x014:
                _deviceFeaturesSelect = value;
                break;
            case 0x020 when (_status & StatusFeaturesOk) == 0:
                _driverFeatures = _driverFeaturesSelect switch
                {
                    0 => WithLow(_driverFeatures, value),
                    1 => WithHigh(_driverFeatures, value),
                    _ => _driverFeatures,
                };
                break;
            case 0x024:
                _driverFeaturesSelect = value;
                break;
            case 0x030:
                _queueSelect = value;
                break;
            case 0x050 when value < (uint)_queues.Length:
                _queues[value].Kicked = true;
                break;
            case 0x064:
                _interruptStatus &= ~value;
                UpdateLine();
                break;
            case 0x070:
                WriteStatus(value);
                break;
            default:
                WriteQueueRegister(offset, value);
                break;
        }
    }

    private void WriteQueueRegister(ulong offset, uint value)
    {
        if (Selected is not { } queue)
        {
            return;
        }

        if (offset == 0x044)
        {
            queue.Ready = (value & 1) != 0;
            if (!queue.Ready && _takenFrom == (int)_queueSelect)
            {
                Forget();
            }

            return;
        }

        // What a queue in use looks like does not change (virtio 1.2 section 4.2.2.2).
        if (queue.Ready)
        {
            return;
        }

        switch (offset)
        {
            case 0x038 when value >= 1 && value <= (uint)queue.MaximumSize && uint.IsPow2(value):
                queue.Size = (int)value;
                break;
            case 0x080:
                queue.DescriptorArea = WithLow(queue.DescriptorArea, value);
                break;
            case 0x084:
                queue.DescriptorArea = WithHigh(queue.DescriptorArea, value);
                break;
            case 0x090:
                queue.DriverArea = WithLow(queue.DriverArea, value);
                break;
            case 0x094:
                queue.DriverArea = WithHigh(queue.DriverArea, value);
                break;
            case 0x0A0:
                queue.DeviceArea = WithLow(queue.DeviceArea, value);
                break;
            case 0x0A4:
                queue.DeviceArea = WithHigh(queue.DeviceArea, value);
                break;
        }
    }

    private void WriteStatus(uint value)
    {
        if (value == 0)
        {
            ResetDevice();
            return;
        }

        uint fresh = value & ~_status;
        if ((fresh & StatusFeaturesOk) != 0)
        {
            bool acceptable = (_driverFeatures & ~OfferedFeatures) == 0 && (_function.ServesOldDrivers || (_driverFeatures & FeatureVersion1) != 0) &&
                (!_configuration.AccessPlatform || (_driverFeatures & FeatureAccessPlatform) != 0);
            value = acceptable ? value : value & ~StatusFeaturesOk;
            _function.Agreed = acceptable ? _driverFeatures : 0;
        }

        _status = (value & 0xFF & ~StatusNeedsReset) | (_status & StatusNeedsReset);
        if ((fresh & StatusDriverOk) != 0)
        {
            foreach (VirtioQueue queue in _queues)
            {
                queue.UsesEventIndex = (_driverFeatures & FeatureEventIndex) != 0;
                queue.UsesIndirect = (_driverFeatures & FeatureIndirect) != 0;
                queue.Kicked = true;
            }
        }
    }

    private void ResetDevice()
    {
        _status = _interruptStatus = 0;
        _driverFeatures = 0;
        _function.Agreed = 0;
        Forget();
        foreach (VirtioQueue queue in _queues)
        {
            queue.Reset();
        }

        _function.Reset();
        UpdateLine();
    }

    private void Raise(uint cause)
    {
        _interruptStatus |= cause;
        UpdateLine();
    }

    private void UpdateLine()
    {
        bool level = _interruptStatus != 0;
        if (level != _level)
        {
            _level = level;
            _interrupt.Set(level, this);
        }
    }
}
