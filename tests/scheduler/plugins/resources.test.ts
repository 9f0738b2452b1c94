import { podResources } from '../../../src/scheduler/cache/resources.ts';
import { Harness } from '../harness.ts';
import { aContainer, aPod } from '../objects.ts';

const MB = 1024 * 1024;

describe('what a pod asks for', () => {
  it('is the sum of its containers, or its largest init container if that is more, plus overhead', () => {
    const pod = aPod('p', {
      spec: {
        initContainers: [aContainer({ cpu: '2', memory: '1G' }, { name: 'a' }), aContainer({ cpu: '2', memory: '3G' }, { name: 'b' })],
        containers: [aContainer({ cpu: '2', memory: '1G' }), aContainer({ cpu: '1', memory: '1G' }, { name: 'c' })],
        overhead: { cpu: '250m' },
      },
    });
    expect(podResources(pod, false)).toMatchObject({ milliCPU: 3250, memory: 3e9 });
  });

  it('counts sidecars with the containers, and with the init containers that start after them', () => {
    const pod = aPod('p', {
      spec: {
        initContainers: [aContainer({ cpu: '1' }, { name: 'sidecar', restartPolicy: 'Always' }), aContainer({ cpu: '5' }, { name: 'init' })],
        containers: [aContainer({ cpu: '2' })],
      },
    });
    expect(podResources(pod, false).milliCPU).toBe(6000);
  });

  it('has defaults per container for scores', () => {
    const pod = aPod('p', { spec: { containers: [aContainer(), aContainer({ cpu: '300m' }, { name: 'b' })] } });
    expect(podResources(pod, true)).toMatchObject({ milliCPU: 400, memory: 400 * MB });
    expect(podResources(pod, false)).toMatchObject({ milliCPU: 300, memory: 0 });
  });

  it('is the larger of old and new while a container is being resized', () => {
    const status = { containerStatuses: [{ name: 'main', image: '', imageID: '', ready: true, restartCount: 0, resources: { requests: { cpu: '3' } }, allocatedResources: { cpu: '2' } }] };
    expect(podResources(aPod('p', { cpu: '1', status }), false).milliCPU).toBe(3000);
    const conditions = [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }];
    expect(podResources(aPod('p', { cpu: '9', status: { ...status, conditions } }), false).milliCPU).toBe(3000);
  });
});

describe('NodeResourcesFit', () => {
  it('names every resource that is short', () => {
    const harness = new Harness().node('full', { cpu: '1', memory: '1Gi', pods: '1' }).node('free').pod('there', 'full', { cpu: '500m' });
    expect(harness.filter(aPod('p', { cpu: '600m', memory: '2Gi' }))).toEqual({ full: 'Unschedulable: Too many pods, Insufficient cpu, Insufficient memory', free: '' });
  });

  it('lets a pod that asks for nothing onto a node that has nothing left', () => {
    const harness = new Harness().node('full', { cpu: '1' }).pod('there', 'full', { cpu: '1' });
    expect(harness.filter(aPod('p'))).toEqual({ full: '' });
    expect(harness.filter(aPod('p', { cpu: '1m' }))).toEqual({ full: 'Unschedulable: Insufficient cpu' });
  });

  it('counts devices and other extended resources', () => {
    const harness = new Harness().node('with', { more: { 'example.com/gpu': '2' } }).node('without');
    const gpus = (count: string) => aPod('p', { spec: { containers: [aContainer({}, { resources: { requests: { 'example.com/gpu': count } } })] } });
    expect(harness.filter(gpus('2'))).toEqual({ with: '', without: 'Unschedulable: Insufficient example.com/gpu' });
    expect(harness.filter(gpus('3')).with).toBe('Unschedulable: Insufficient example.com/gpu');
  });

  // least_allocated_test.go: "nothing scheduled, resources requested, differently sized nodes"
  it('scores by what stays free', () => {
    const harness = new Harness().node('node1', { cpu: '4', memory: '10000' }).node('node2', { cpu: '6', memory: '10000' });
    const pod = aPod('p', { spec: { containers: [aContainer({ cpu: '1', memory: '2000' }), aContainer({ cpu: '2', memory: '3000' }, { name: 'b' })] } });
    expect(harness.scores(pod).NodeResourcesFit).toEqual({ node1: 37, node2: 50 });
  });

  // "requested resources exceed node capacity" and "no resources requested, pods scheduled with resources"
  it('gives nothing for a resource that is used up', () => {
    const harness = new Harness().node('node1', { cpu: '10', memory: '20000' }).pod('a', 'node1', { cpu: '3', memory: '5000' }).pod('b', 'node1', { cpu: '3', memory: '0' });
    // CPU: (10000 - 6100) × 100 / 10000 = 39; memory: the default of 200 MiB does not fit into 20000 bytes.
    expect(harness.scores(aPod('p')).NodeResourcesFit).toEqual({ node1: 19 });
  });
});

describe('NodeResourcesBalancedAllocation', () => {
  // balanced_allocation_test.go: "nothing scheduled, resources requested, differently sized nodes"
  it('prefers nodes on which CPU and memory are used alike', () => {
    const harness = new Harness().node('node1', { cpu: '4', memory: '10000' }).node('node2', { cpu: '6', memory: '10000' });
    const pod = aPod('p', { spec: { containers: [aContainer({ cpu: '1', memory: '2000' }), aContainer({ cpu: '2', memory: '3000' }, { name: 'b' })] } });
    expect(harness.scores(pod).NodeResourcesBalancedAllocation).toEqual({ node1: 87, node2: 100 });
  });

  // "resources requested, pods scheduled with resources"
  it('counts what is there already, and no share above the whole', () => {
    const harness = new Harness().node('node1', { cpu: '10', memory: '20000' }).node('node2', { cpu: '10', memory: '20000' });
    harness.pod('a', 'node1', { cpu: '3', memory: '0' }).pod('b', 'node2', { cpu: '3', memory: '5000' });
    const pod = aPod('p', { spec: { containers: [aContainer({ cpu: '1', memory: '2000' }), aContainer({ cpu: '2', memory: '3000' }, { name: 'b' })] } });
    // node1: 0.6 and 0.25; node2: 0.6 and 0.5.
    expect(harness.scores(pod).NodeResourcesBalancedAllocation).toEqual({ node1: 82, node2: 95 });
  });

  it('does not score pods that ask for nothing', () => {
    const harness = new Harness().node('node1');
    expect(harness.scores(aPod('p'))).not.toHaveProperty('NodeResourcesBalancedAllocation');
  });
});

describe('ImageLocality', () => {
  // image_locality_test.go: two images, one node has each
  it('prefers nodes with the images, less so where few nodes have them', () => {
    const harness = new Harness()
      .node('node1', { images: [{ names: ['gcr.io/40:latest', 'gcr.io/40:v1'], sizeBytes: 40 * MB }, { names: ['gcr.io/300:latest', 'gcr.io/300:v1'], sizeBytes: 300 * MB }, { names: ['gcr.io/2000:latest'], sizeBytes: 2000 * MB }] })
      .node('node2', { images: [{ names: ['gcr.io/250:latest'], sizeBytes: 250 * MB }, { names: ['gcr.io/10:latest', 'gcr.io/10:v1'], sizeBytes: 10 * MB }] });
    const pod = (...images: string[]) => aPod('p', { spec: { containers: images.map((image, i) => aContainer({}, { name: `c${i}`, image })) } });
    // node1: (40/2 below the threshold) 0; node2: (250/2 - 23) / (2000 - 23) = 5
    expect(harness.scores(pod('gcr.io/40', 'gcr.io/250')).ImageLocality).toEqual({ node1: 0, node2: 5 });
    // node1: (150 - 23) / (2000 - 23) with 40: (170 - 23) / 1977 = 7
    expect(harness.scores(pod('gcr.io/40', 'gcr.io/300')).ImageLocality).toEqual({ node1: 7, node2: 0 });
    // node1: 1000 of 2000
    expect(harness.scores(pod('gcr.io/10', 'gcr.io/2000')).ImageLocality).toEqual({ node1: 49, node2: 0 });
  });

  it('knows an image without a tag as latest', () => {
    const harness = new Harness().node('node1', { images: [{ names: ['registry:5000/web:latest'], sizeBytes: 1000 * MB }] });
    expect(harness.scores(aPod('p', { spec: { containers: [aContainer({}, { image: 'registry:5000/web' })] } })).ImageLocality).toEqual({ node1: 100 });
  });
});
